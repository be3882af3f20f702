"""Filters: what is done to mail as it comes in, and what one of them would do to the mail that is there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.guards import freshly_proved_keeping, signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import bulk_cookie, filtering, folders_lookup, in_force, labels, redirection, toasts
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.filters import applying, changing, keeping, likeness, rules, typed, words
from vaguemestre.webmail.filters.form_text import too_many
from vaguemestre.webmail.filters.matching import Caught, caught
from vaguemestre.webmail.filters.typed import Typed, Unclear
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.rules_access import filter_for
from vaguemestre.webmail.toasts import Toast
from vaguemestre.webmail.views.settings import forwarding
from vaguemestre.webmail.views.settings.page import Trouble, attempt, show

SALT = "vaguemestre.webmail.filters.restore"
SHOWN = 8  # messages of a preview
LOOKED_AT = 1_000
PLACE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One filter of the list, in words."""

    id: int
    name: str
    on: bool
    asked: str
    acts: str
    applies: bool  # to mail that is there: only what comes in is sent on


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@mailbox_screen
def filters(request: StaffRequest) -> HttpResponse:
    """The list. A POST agrees to keep the script of another program beside ours."""
    if request.method == "POST":
        said = Toast(_("Your filters are at work"))
        here = way_back(request, reverse("webmail:filters"))
        return _done(request, lambda agreed: _written_again(request, agreed), said, here)
    return _list(request)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@mailbox_screen
def new_filter(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return _form(request, None, typed.of_post(request.POST))
    with open_mailbox(request) as session:
        return _page(request, session.folders(), None, Typed())


@require_safe
@signed_in
@mailbox_screen
def like_message(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Begun from what a message has in common with others of its kind. Stays unread."""
    with open_mailbox(request) as session:
        return _page(request, session.folders(), None, likeness.of(session.message(folder_id, uid)))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@mailbox_screen
def change_filter(request: StaffRequest, filter_id: int) -> HttpResponse:
    kept = filter_for(request.account, filter_id)
    if request.method == "POST":
        return _form(request, kept, typed.of_post(request.POST))
    with open_mailbox(request) as session:
        return _page(request, session.folders(), kept, typed.of_rule(kept.rule, _labels(request)))


@require_POST
@signed_in
@mailbox_screen
def remove(request: StaffRequest, filter_id: int) -> HttpResponse:
    place = [kept.id for kept in keeping.of(request.account.key)]
    gone: list[keeping.Kept | None] = []
    trouble = attempt(
        request.account.key,
        lambda: gone.append(
            changing.remove(request.account, filter_id, now=timezone.now(), agreed=request.POST.get("inclure", ""))
        ),
    )
    if trouble:
        return _list(request, trouble)
    found = gone[0]
    if found is None:
        return HttpResponseRedirect(reverse("webmail:filters"))
    word = toasts.word_for(request.account.key, rules.kept(found.rule), place.index(found.id), salt=SALT)
    return _back(Toast(_("Filter “%s” deleted") % found.rule.name, word, undo_at="webmail:filter-restore"))


@require_POST
@signed_in
@mailbox_screen
def restore(request: StaffRequest) -> HttpResponse:
    what = toasts.said_by(request, salt=SALT)
    if not what:
        return _back(Toast(_("It is too late to undo this.")))
    kept, place = what
    rule = rules.restored(kept)
    return _done(
        request,
        lambda agreed: changing.restore(request.account, rule, place, now=timezone.now(), agreed=agreed),
        Toast(_("Filter “%s” is back") % rule.name),
    )


@require_POST
@signed_in
@mailbox_screen
def switch(request: StaffRequest, filter_id: int) -> HttpResponse:
    kept, on = filter_for(request.account, filter_id), request.POST.get("sens") == "marche"
    said = (_("Filter “%s” is at work") if on else _("Filter “%s” stopped")) % kept.rule.name
    return _done(
        request,
        lambda agreed: changing.switch(request.account, filter_id, on=on, now=timezone.now(), agreed=agreed),
        Toast(said),
    )


@require_POST
@signed_in
@mailbox_screen
def order(request: StaffRequest, filter_id: int) -> HttpResponse:
    """Up, down, or to the place where it was let fall."""
    up, dropped = request.POST.get("sens") == "haut", request.POST.get("place", "")
    place = int(dropped) if dropped.isdecimal() and len(dropped) < PLACE_DIGITS else None
    return _done(
        request,
        lambda agreed: changing.move(request.account, filter_id, up=up, place=place, now=timezone.now(), agreed=agreed),
        None,
    )


@require_POST
@signed_in
@mailbox_screen
def application(request: StaffRequest, filter_id: int) -> HttpResponse:
    """To what lies in the inbox now."""
    kept = filter_for(request.account, filter_id)
    with open_mailbox(request) as session:
        try:
            done = applying.apply(session, request.account, kept.rule, timezone.now())
        except NoSuchFolder:
            return _back(Toast(_("The folder of this filter is gone: choose another one.")))
    response = HttpResponseRedirect(reverse("webmail:home"))
    if done.act:
        bulk_cookie.remember(response)
        return response
    said = ngettext("Filter applied to %s message", "Filter applied to %s messages", done.count) % grouped(done.count)
    said = said if done.count else _("No message of the inbox is meant by this filter")
    toasts.say(response, Toast(said, done.undo.signed() if done.undo else ""))
    return response


def _form(request: StaffRequest, kept: keeping.Kept | None, sent: Typed) -> HttpResponse:
    with open_mailbox(request) as session:
        everything = session.folders()
        if "ligne" in request.POST:
            return _page(request, everything, kept, sent)
        preview = "apercu" in request.POST
        try:
            rule = typed.rule_of(sent, _paths(everything), _labels(request), acts=not preview)
        except Unclear as problem:
            return _page(request, everything, kept, sent, problem=str(problem), status=422)
        if preview:
            inbox = folders_lookup.by_role(everything, "inbox")
            found = caught(session, inbox.id, rule, limit=LOOKED_AT) if inbox and inbox.id else Caught([], 0, 0)
            return _page(request, everything, kept, sent, found=found)
    step = forwarding.judged(request, rule, timezone.now())
    if step.problem:
        return _page(request, everything, kept, sent, problem=step.problem, waits=step.waits, status=422)
    if step.waits:
        return _asked(request, everything, kept, sent, step.waits)
    rule = step.rule
    try:
        trouble = attempt(
            request.account.key,
            lambda: changing.save(
                request.account, rule, kept.id if kept else None, now=timezone.now(),
                agreed=request.POST.get("inclure", ""),
            ),
        )  # fmt: skip
    except changing.TooMany:
        return _page(request, everything, kept, sent, problem=too_many(), status=422)
    except forwarding.REFUSED as problem:
        said = forwarding.refused_in_words(problem)
        return _page(request, everything, kept, sent, problem=said, status=422)
    if trouble:
        return _page(request, everything, kept, sent, trouble=trouble)
    return _back(Toast(_("Filter “%s” saved") % rule.name))


def _asked(
    request: StaffRequest, everything: list[Folder], kept: keeping.Kept | None, sent: Typed, target: str
) -> HttpResponse:  # fmt: skip
    """The form again, with a box for the code that has just left. A thief at an open screen must prove who they are."""

    def ask(staff: StaffRequest) -> HttpResponse:
        now = timezone.now()
        why_not = forwarding.send(staff, target, now)
        waits = target if not why_not or forwarding.on_its_way(staff, target, now) else ""
        return _page(staff, everything, kept, sent, problem=why_not, waits=waits, status=422 if why_not else 200)

    return cast(HttpResponse, freshly_proved_keeping(ask, lambda _request: _("Forward mail by a filter"))(request))


def _done(
    request: StaffRequest, act: Callable[[str], object], toast: Toast | None, here: str = ""
) -> HttpResponse:  # fmt: skip
    agreed = request.POST.get("inclure", "")
    try:
        trouble = attempt(request.account.key, lambda: act(agreed))
    except changing.TooMany:
        return _back(Toast(too_many()))
    except forwarding.REFUSED as problem:
        return _back(Toast(forwarding.refused_in_words(problem)))
    return _list(request, trouble) if trouble else _back(toast, here)


def _back(toast: Toast | None, here: str = "") -> HttpResponse:
    response = HttpResponseRedirect(here or reverse("webmail:filters"))
    if toast:
        toasts.say(response, toast)
    return response


def _written_again(request: StaffRequest, agreed: str) -> None:
    with filtering.changing(request.account, by=request.account.key, now=timezone.now(), agreed=agreed):
        """Nothing of ours has changed; the script is written from it."""


def _list(request: StaffRequest, trouble: Trouble | None = None) -> HttpResponse:
    with open_mailbox(request) as session:
        everything = session.folders()
    changing.follow(request.account, everything, now=timezone.now())
    places = {str(folder.id): folders_lookup.path_label(folder) for folder in everything if folder.id}
    names = _labels(request)
    mine = keeping.of(request.account.key)
    lines = [
        Line(
            kept.id, kept.rule.name, kept.rule.on, words.conditions_in_words(kept.rule, names),
            ", ".join(words.acts_in_words(kept.rule, places, names)), replace(kept.rule, forwards="").does_something,
        )
        for kept in mine
    ]  # fmt: skip
    current = redirection.current(request.account)
    context = {
        "lines": lines, "redirected": current is not None and not current.keep_copy,
        "in_force": None if trouble else in_force.look(request.account, timezone.now()),
    }  # fmt: skip
    return show(request, "filters", context, trouble=trouble, act=True)


def _page(
    request: StaffRequest, everything: list[Folder], kept: keeping.Kept | None, shown: Typed, *,
    problem: str = "", waits: str = "", found: Caught | None = None, trouble: Trouble | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    places = [(str(folder.id), folders_lookup.path_label(folder)) for folder in _places(everything)]
    context: dict[str, object] = {
        "kept": kept, "typed": shown, "problem": problem, "waits": waits, "choices": words.choices(),
        "lines": shown.shown_lines(), "labels": labels.of(request.account).chips,
        "where": [*places, (typed.BIN, _("Bin"))],
        "domain": academy().domain, "allowed": academy().redirections.allowed_domains,
        "url": reverse("webmail:filter", args=[kept.id]) if kept else reverse("webmail:filter-new"),
    }  # fmt: skip
    if found is not None:
        context |= {"found": found, "rows": found.rows[:SHOWN], "more": max(0, len(found.rows) - SHOWN)}
    return show(request, "filter", context, trouble=trouble, status=status, at="filters")


def _paths(everything: list[Folder]) -> dict[str, str]:
    return {str(folder.id): str(folder.name) for folder in _places(everything)}


def _places(everything: list[Folder]) -> list[Folder]:
    """Where a filter may file; the bin is an act of its own."""
    apart = folders_lookup.NO_DESTINATION | {"inbox", "trash"}
    return [folder for folder in everything if folder.id and folder.role not in apart]


def _labels(request: StaffRequest) -> dict[str, str]:
    return {chip.keyword: chip.name for chip in labels.of(request.account).chips}
