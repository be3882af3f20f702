"""The addresses that a person may write from: which one first, where answers go, which signature."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vaguemestre.webmail.compose import identities as sender_identities, signature_choice
from vaguemestre.webmail.compose.identities import Identity, ReplyToError
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response


@dataclass(frozen=True, slots=True)
class IdentityLine:
    """One address of the page. Its fields bear its rank: they are read in the same order as they were drawn."""

    identity: Identity
    rank: int
    problem: str = ""

    @property
    def unusual(self) -> bool:
        """Something of what is folded is in force, or wrong."""
        one = self.identity
        return bool(self.problem or one.reply_to or one.begins_with or one.answers_with)


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def identities(request: MailboxRequest) -> HttpResponse:
    chosen = lookup.load_preferences(request.mailbox.mailbox)
    mine = [one.address for one in sender_identities.writable_addresses(request.mailbox.mailbox)]
    if request.method != "POST":
        lines = [
            IdentityLine(sender_identities.identity_of(chosen, address), rank) for rank, address in enumerate(mine)
        ]
        return _page(request, lines, sender_identities.default_sender(request.mailbox.mailbox, chosen))
    lines = [_typed(request, address, rank) for rank, address in enumerate(mine)]
    usual = request.POST.get("habituelle", "")
    if any(line.problem for line in lines):
        return _page(request, lines, usual, status=422)
    sender_identities.save_identities(request.mailbox.mailbox, usual, [line.identity for line in lines], timezone.now())
    return saved_response(request, "identities", _("Choice saved"))


def _typed(request: MailboxRequest, address: str, rank: int) -> IdentityLine:
    """`adresse_<rank>` says which one was meant: the list may have changed since the page was drawn."""
    place = next((n for n in range(20) if request.POST.get(f"adresse_{n}") == address), None)
    if place is None:
        return IdentityLine(
            sender_identities.identity_of(lookup.load_preferences(request.mailbox.mailbox), address), rank
        )
    typed = {name: request.POST.get(f"{name}_{place}", "") for name in ("reponse", "nouveaux", "reponses")}
    known = {signature_choice.FIRST, signature_choice.NONE}
    known |= {one.id for one in signature_choice.other_signatures(lookup.load_preferences(request.mailbox.mailbox))}
    begins, answers = (typed[name] if typed[name] in known else "" for name in ("nouveaux", "reponses"))
    try:
        reply_to, problem = sender_identities.parse_reply_to(typed["reponse"]), ""
    except ReplyToError as wrong:
        reply_to, problem = wrong.address, _("Answers may go to an address of the academy only. Check this one.")
    return IdentityLine(Identity(address, "" if reply_to == address else reply_to, begins, answers), rank, problem)


def _page(request: MailboxRequest, lines: list[IdentityLine], usual: str, *, status: int = 200) -> HttpResponse:
    chosen = lookup.load_preferences(request.mailbox.mailbox)
    context = {
        "lines": lines,
        "usual": usual,
        "name": request.mailbox.mailbox.display_name,
        "others": signature_choice.other_signatures(chosen),
        "first_one": signature_choice.FIRST,
        "none": signature_choice.NONE,
        "problem": any(line.problem for line in lines),
    }
    return render_settings(request, "identities", context, status=status)
