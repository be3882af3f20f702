"""The administrators' screen of the addresses that trap people: what is on the list, added and taken away."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import administrators_only, freshly_proved_keeping
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.models import BlocklistEntry
from vaguemestre.webmail.trust.blocklist import edits, entries

SHOWN = 50
MOST_BY_HAND = 200
LONGEST = 100_000  # letters typed at once
ADDING = gettext_lazy("Add to the list of suspicious addresses")
REMOVING = gettext_lazy("Take off the list of suspicious addresses")


@require_safe
@with_mailbox
@administrators_only
def suspects(request: StaffRequest) -> HttpResponse:
    return _screen(request)


@require_POST
@with_mailbox
@administrators_only
@lambda view: freshly_proved_keeping(view, lambda _request: str(ADDING))
def addition(request: StaffRequest) -> HttpResponse:
    """All that is typed, or nothing: a line that is none is named, and everything stays in the box."""
    typed = request.POST.get("adresses", "")[:LONGEST]
    read = entries.parse_blocklist(typed.splitlines(), table=False)
    faults = [(one.line, one.text, entries.refusal_text(one.reason)) for one in read.faults]
    if faults or not read.entries or len(read.entries) > MOST_BY_HAND:
        said = "" if faults else gettext("Type at least one address, two hundred at most.")
        return _screen(request, typed=typed, faults=faults, wrong=said, status=422)
    count = edits.add_entries(read.entries, by=request.account.key, now=timezone.now())
    words = ngettext("%s address added", "%s addresses added", count) % number_text(count)
    return _done(words if count else gettext("On the list already"))


@require_POST
@with_mailbox
@administrators_only
@lambda view: freshly_proved_keeping(view, lambda _request: str(REMOVING))
def removal(request: StaffRequest) -> HttpResponse:
    try:
        gone = edits.remove_entry(int(request.POST.get("trace", "")), by=request.account.key)
    except ValueError as error:
        raise Http404("trace") from error
    return _done(gettext("%s is no longer on the list") % gone if gone else gettext("It was no longer on the list"))


def _done(said: str) -> HttpResponse:
    return toasts.redirect(reverse("webmail:suspects"), Toast(said))


def _screen(
    request: StaffRequest, *, typed: str = "", faults: Sequence[tuple[int, str, object]] = (), wrong: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    wanted, toast = request.GET.get("q", "").strip()[:100], toasts.read(request)
    rows = list(edits.find_entries(wanted)[: SHOWN + 1])
    context = {
        "section": "suspects", "rows": rows[:SHOWN], "more": len(rows) > SHOWN, "shown": SHOWN, "wanted": wanted,
        "total": number_text(BlocklistEntry.objects.count()), "typed": typed, "faults": faults, "wrong": wrong,
        "said": toast.said if toast else "",
    }  # fmt: skip
    response = render(request, "webmail/trust/blocklist.html", context, status=status)
    if toast:
        toasts.forget(response)
    return response
