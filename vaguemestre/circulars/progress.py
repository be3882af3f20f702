"""How far the mailings of a circular are, for the page that follows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

from vaguemestre.circulars.message import withdrawal_sentence
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.read_state import FEWEST, Figures, figures_of, may_remind
from vaguemestre.circulars.recipients import holders, question_of
from vaguemestre.lists.question_text import place_names, question_text
from vaguemestre.web.number_text import number_text

NAMED = 20  # reasons


@dataclass(frozen=True, slots=True)
class Progress:
    mailing: Dispatch
    figures: Figures
    may_remind: bool
    reasons: list[tuple[str, int]]  # why copies wait or cannot be, and how many

    @property
    def is_small(self) -> bool:
        """So few that a count would point at somebody."""
        return self.figures.total < FEWEST

    @property
    def gone(self) -> int:
        return self.figures.total - self.figures.waiting


def mailing_context(circular: Circular) -> dict[str, object]:
    mailings = [_progress(one) for one in circular.mailings.order_by("pk")]
    question = question_of(circular.question)
    withdrawn = circular.withdrawn_at is not None
    live = any(one.mailing.state == Dispatch.State.SENDING or one.figures.underway for one in mailings)
    return {
        "circular": circular,
        "mailings": mailings if circular.state == Circular.State.APPROVED else (),
        "question": question_text(question, place_names(question.places)),
        "live": live and circular.state == Circular.State.APPROVED,
        "corrections": circular.corrections.order_by("changed_at"),
        "withdrawal": withdrawal_sentence(circular) if withdrawn else "",
        "withdrawal_progress": _withdrawal_text(circular) if withdrawn else "",
        "section": "circulars",
    }


def _withdrawal_text(circular: Circular) -> str:
    """Small counts are text, as everywhere here."""
    copies = holders(circular).filter(mailing__kind=Dispatch.Kind.FIRST)
    states = list(copies.values_list("withdrawal", flat=True))
    kept, waiting = states.count(Delivery.Withdrawal.KEPT), states.count("")
    if waiting:
        return _("It is still being taken out of the mailboxes.")
    if not kept:
        return _("It is out of all the mailboxes.")
    if kept < FEWEST:
        return _("It is out of the mailboxes, but for fewer than 5 where it was answered or forwarded.")
    words = ngettext(
        "It is out of the mailboxes, but for %s where it was answered or forwarded.",
        "It is out of the mailboxes, but for %s where it was answered or forwarded.", kept,
    )  # fmt: skip
    return words % number_text(kept)


def _progress(mailing: Dispatch) -> Progress:
    figures = figures_of(mailing)
    found: dict[str, int] = {}
    stuck = mailing.deliveries.filter(state__in=(Delivery.State.QUEUED, Delivery.State.IMPOSSIBLE)).exclude(reason="")
    for reason in stuck.values_list("reason", flat=True):
        said = reason_text(reason)
        found[said] = found.get(said, 0) + 1
    reasons = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:NAMED]
    return Progress(mailing, figures, may_remind(mailing, figures), reasons)


def reason_text(words: str) -> str:
    """Postfix's reason as ours: without an address, so that no person is named."""
    folded = words.lower()
    if "mailbox is full" in folded or "boite pleine" in folded or "quota" in folded:
        return _("Mailbox full")
    if "5.1.1" in folded or "user doesn't exist" in folded or "unknown" in folded:
        return _("No mailbox at this address any more")
    if folded.startswith(("connect to", "lost connection", "conversation with", "delivery temporarily suspended")):
        return _("The mail server did not answer")
    return _("Another reason, which the operators can read in the log")
