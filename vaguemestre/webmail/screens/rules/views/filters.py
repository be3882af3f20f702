"""Filters: what is done to mail as it comes in, and what one of them would do to the mail that is there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved_keeping
from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.actions import progress_cookie
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.rules import active_script, forward_confirmation, redirection, sieve_sync
from vaguemestre.webmail.rules.access import filter_for
from vaguemestre.webmail.rules.filters import edits, form, inbox_run, rule as filter_rule, rule_text, store, suggestion
from vaguemestre.webmail.rules.filters.form import FilterForm, FilterFormError
from vaguemestre.webmail.rules.filters.form_text import too_many_text
from vaguemestre.webmail.rules.filters.matches import FilterMatches, find_matches
from vaguemestre.webmail.rules.filters.rule import ConditionField
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.settings_pages.page import Trouble, attempt_change, render_settings
from vaguemestre.webmail.undo import read_token, undo_token

SALT = "vaguemestre.webmail.filters.restore"
SHOWN = 8  # messages of a preview
LOOKED_AT = 1_000
PLACE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class FilterLine:
    id: int
    name: str
    on: bool
    asked: str
    acts: str
    applies: bool  # to mail that is there: only what comes in is sent on


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def filters(request: MailboxRequest) -> HttpResponse:
    """The list. A POST agrees to keep the script of another program beside ours."""
    if request.method == "POST":
        said = Toast(_("The filters are at work"))
        here = return_url(request, reverse("webmail:filters"))
        return _done(request, lambda agreed: _written_again(request, agreed), said, here)
    return _list(request)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def new_filter(request: MailboxRequest) -> HttpResponse:
    if request.method == "POST":
        return _form(request, None, form.parse_filter_form(request.POST))
    with open_mailbox(request.mailbox) as session:
        return _page(request, session.folders(), None, FilterForm())


@require_safe
@with_mailbox
@handles_outage
def like_message(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Begun from what a message has in common with others of its kind. Stays unread."""
    with open_mailbox(request.mailbox) as session:
        return _page(request, session.folders(), None, suggestion.suggest_filter(session.message(folder_id, uid)))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def change_filter(request: MailboxRequest, filter_id: int) -> HttpResponse:
    kept = filter_for(request.mailbox.mailbox, filter_id)
    if request.method == "POST":
        return _form(request, kept, form.parse_filter_form(request.POST))
    with open_mailbox(request.mailbox) as session:
        return _page(request, session.folders(), kept, form.form_of_rule(kept.rule, _labels(request)))


@require_POST
@with_mailbox
@handles_outage
def remove(request: MailboxRequest, filter_id: int) -> HttpResponse:
    place = [kept.id for kept in store.load_filters(request.mailbox.mailbox.key)]
    gone: list[store.StoredFilter | None] = []
    trouble = attempt_change(
        request.mailbox.key,
        lambda: gone.append(
            edits.remove_filter(request.mailbox, filter_id, now=timezone.now(), agreed=request.POST.get("inclure", ""))
        ),
    )
    if trouble:
        return _list(request, trouble)
    found = gone[0]
    if found is None:
        return HttpResponseRedirect(reverse("webmail:filters"))
    word = undo_token(request.mailbox.key, filter_rule.rule_data(found.rule), place.index(found.id), salt=SALT)
    return _back(Toast(_("Filter “%s” deleted") % found.rule.name, word, undo_at="webmail:filter-restore"))


@require_POST
@with_mailbox
@handles_outage
def restore(request: MailboxRequest) -> HttpResponse:
    what = read_token(request, salt=SALT)
    if not what:
        return _back(Toast(_("It is too late to undo this.")))
    kept, place = what
    rule = filter_rule.rule_from_data(kept)
    return _done(
        request,
        lambda agreed: edits.restore_filter(request.mailbox, rule, place, now=timezone.now(), agreed=agreed),
        Toast(_("Filter “%s” is back") % rule.name),
    )


@require_POST
@with_mailbox
@handles_outage
def switch(request: MailboxRequest, filter_id: int) -> HttpResponse:
    kept, on = filter_for(request.mailbox.mailbox, filter_id), request.POST.get("sens") == "marche"
    said = (_("Filter “%s” is at work") if on else _("Filter “%s” stopped")) % kept.rule.name
    return _done(
        request,
        lambda agreed: edits.switch_filter(request.mailbox, filter_id, on=on, now=timezone.now(), agreed=agreed),
        Toast(said),
    )


@require_POST
@with_mailbox
@handles_outage
def order(request: MailboxRequest, filter_id: int) -> HttpResponse:
    """Up, down, or to the place where it was let fall."""
    up, dropped = request.POST.get("sens") == "haut", request.POST.get("place", "")
    place = int(dropped) if dropped.isdecimal() and len(dropped) < PLACE_DIGITS else None
    return _done(
        request,
        lambda agreed: edits.move_filter(
            request.mailbox, filter_id, up=up, place=place, now=timezone.now(), agreed=agreed
        ),
        None,
    )


@require_POST
@with_mailbox
@handles_outage
def application(request: MailboxRequest, filter_id: int) -> HttpResponse:
    """To what lies in the inbox now."""
    kept = filter_for(request.mailbox.mailbox, filter_id)
    with open_mailbox(request.mailbox) as session:
        try:
            done = inbox_run.run_on_inbox(session, request.mailbox, kept.rule, timezone.now())
        except NoSuchFolderError:
            return _back(Toast(_("The folder of this filter is gone: choose another one.")))
    response = HttpResponseRedirect(reverse("webmail:home"))
    if done.act:
        progress_cookie.remember(response)
        return response
    said = ngettext("Filter applied to %s message", "Filter applied to %s messages", done.count) % number_text(
        done.count
    )
    said = said if done.count else _("No message of the inbox is meant by this filter")
    toasts.say(response, Toast(said, done.undo.signed() if done.undo else ""))
    return response


def _form(request: MailboxRequest, kept: store.StoredFilter | None, sent: FilterForm) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
        if "ligne" in request.POST:
            return _page(request, everything, kept, sent)
        preview = "apercu" in request.POST
        try:
            rule = form.build_rule(sent, _paths(everything), _labels(request), acts=not preview)
        except FilterFormError as problem:
            return _page(request, everything, kept, sent, problem=str(problem), status=422)
        if preview:
            inbox = lookup.folder_by_role(everything, "inbox")
            found = (
                find_matches(session, inbox.id, rule, limit=LOOKED_AT)
                if inbox and inbox.id
                else FilterMatches([], 0, 0)
            )
            return _page(request, everything, kept, sent, found=found)
    step = forward_confirmation.judge_target(request, rule, timezone.now())
    if step.problem:
        return _page(request, everything, kept, sent, problem=step.problem, waits=step.waits, status=422)
    if step.waits:
        return _asked(request, everything, kept, sent, step.waits)
    rule = step.rule
    try:
        trouble = attempt_change(
            request.mailbox.key,
            lambda: edits.save_filter(
                request.mailbox, rule, kept.id if kept else None, now=timezone.now(),
                agreed=request.POST.get("inclure", ""),
            ),
        )  # fmt: skip
    except edits.TooManyFiltersError:
        return _page(request, everything, kept, sent, problem=too_many_text(), status=422)
    except forward_confirmation.REFUSED as problem:
        said = forward_confirmation.refused_text(problem)
        return _page(request, everything, kept, sent, problem=said, status=422)
    if trouble:
        return _page(request, everything, kept, sent, trouble=trouble)
    return _back(Toast(_("Filter “%s” saved") % rule.name))


def _asked(
    request: MailboxRequest, everything: list[Folder], kept: store.StoredFilter | None, sent: FilterForm, target: str
) -> HttpResponse:
    """The form again, with a box for the code that has just left. An attacker at an open screen must prove who they
    are."""

    def ask(_request: StaffRequest) -> HttpResponse:
        now = timezone.now()
        why_not = forward_confirmation.send_code(request, target, now)
        waits = target if not why_not or forward_confirmation.is_code_valid_for(request, target, now) else ""
        return _page(request, everything, kept, sent, problem=why_not, waits=waits, status=422 if why_not else 200)

    return cast(HttpResponse, freshly_proved_keeping(ask, lambda _request: _("Forward mail by a filter"))(request))


def _done(request: MailboxRequest, act: Callable[[str], object], toast: Toast | None, here: str = "") -> HttpResponse:
    agreed = request.POST.get("inclure", "")
    try:
        trouble = attempt_change(request.mailbox.key, lambda: act(agreed))
    except edits.TooManyFiltersError:
        return _back(Toast(too_many_text()))
    except forward_confirmation.REFUSED as problem:
        return _back(Toast(forward_confirmation.refused_text(problem)))
    return _list(request, trouble) if trouble else _back(toast, here)


def _back(toast: Toast | None, here: str = "") -> HttpResponse:
    response = HttpResponseRedirect(here or reverse("webmail:filters"))
    if toast:
        toasts.say(response, toast)
    return response


def _written_again(request: MailboxRequest, agreed: str) -> None:
    with sieve_sync.changing_settings(
        request.mailbox.mailbox, by=request.account.key, now=timezone.now(), agreed=agreed
    ):
        """Nothing of ours has changed; the script is written from it."""


def _list(request: MailboxRequest, trouble: Trouble | None = None) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
    edits.follow_renamed_folders(request.mailbox.mailbox, everything, now=timezone.now())
    places = {str(folder.id): lookup.path_text(folder) for folder in everything if folder.id}
    names = _labels(request)
    mine = store.load_filters(request.mailbox.mailbox.key)
    lines = [
        FilterLine(
            kept.id, kept.rule.name, kept.rule.on, rule_text.conditions_text(kept.rule, names),
            ", ".join(rule_text.action_texts(kept.rule, places, names)),
            replace(kept.rule, forwards="").does_something,
        )
        for kept in mine
    ]  # fmt: skip
    current = redirection.find_redirection(request.mailbox.mailbox)
    context = {
        "lines": lines, "redirected": current is not None and not current.keep_copy,
        "in_force": None if trouble else active_script.find_active_script(request.mailbox.mailbox, timezone.now()),
    }  # fmt: skip
    return render_settings(request, "filters", context, trouble=trouble, act=True)


def _page(
    request: MailboxRequest,
    everything: list[Folder],
    kept: store.StoredFilter | None,
    shown: FilterForm,
    *,
    problem: str = "",
    waits: str = "",
    found: FilterMatches | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    lines = shown.shown_lines(one_more="ligne" in request.POST)
    on_label = any(asked.startswith(f"{ConditionField.LABEL}-") for asked, _value in lines)
    places = [(str(folder.id), lookup.path_text(folder)) for folder in _places(everything)]
    context: dict[str, object] = {
        "kept": kept, "typed": shown, "problem": problem, "waits": waits, "choices": rule_text.field_choices(),
        "lines": lines, "on_label": on_label, "labels": labels.load_labels(request.mailbox.mailbox).chips,
        "where": [*places, (form.BIN, _("Bin"))],
        "domain": academy().domain, "allowed": academy().redirections.allowed_domains,
        "url": reverse("webmail:filter", args=[kept.id]) if kept else reverse("webmail:filter-new"),
    }  # fmt: skip
    if found is not None:
        context |= {"found": found, "rows": found.rows[:SHOWN], "more": max(0, len(found.rows) - SHOWN)}
    return render_settings(request, "filter", context, trouble=trouble, status=status, at="filters")


def _paths(everything: list[Folder]) -> dict[str, str]:
    return {str(folder.id): str(folder.name) for folder in _places(everything)}


def _places(everything: list[Folder]) -> list[Folder]:
    """Where a filter may file; the bin is an act of its own."""
    apart = lookup.NO_DESTINATION | {"inbox", "trash"}
    return [folder for folder in everything if folder.id and folder.role not in apart]


def _labels(request: MailboxRequest) -> dict[str, str]:
    return {chip.keyword: chip.name for chip in labels.load_labels(request.mailbox.mailbox).chips}
