"""How far the mailings of a circular are, for the page that follows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.read_state import FEWEST, Figures, figures_of, may_remind
from vaguemestre.circulars.recipients import question_of
from vaguemestre.lists.question_text import place_names, question_text

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
    live = any(one.mailing.state == Dispatch.State.SENDING or one.figures.underway for one in mailings)
    return {
        "circular": circular,
        "mailings": mailings if circular.state == Circular.State.APPROVED else (),
        "question": question_text(question, place_names(question.places)),
        "live": live and circular.state == Circular.State.APPROVED,
        "section": "circulars",
    }


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
