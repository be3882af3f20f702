"""A visiting card that came with a message: what one's contacts know of it already, and how it joins them."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import importing, vcards
from vaguemestre.contacts.importing import Done, Plan
from vaguemestre.contacts.reports import FileRefused, Report
from vaguemestre.mailbox.vcard import CARD_LIMIT
from vaguemestre.web.quantities import grouped


@dataclass(frozen=True, slots=True)
class Known:
    """`offers`: the word on the button; empty where nothing would be added. `lines`: of several cards, which are new
    and which are not. `too_many`: more than are shown, so they are not added by one press."""

    said: str = ""
    offers: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    too_many: bool = False


def known(account: Account, raw: bytes) -> Known | None:
    """None for a card that the address book could not hold. It reads the whole book: the same person is known by more
    than an address."""
    try:
        return _told(importing.plan_of(account, _report(raw)))
    except TooMany:
        return Known(too_many=True)
    except FileRefused:
        return None


def take(account: Account, raw: bytes, *, now: datetime) -> Done:
    """All that the file holds, planned anew. Raises FileRefused and keeping.Full."""
    return importing.take_report(account, _report(raw), now=now)


def in_words(done: Done) -> str:
    """What was done, for the sentence with "Undo"."""
    said = []
    if done.new:
        said.append(ngettext("%s contact added", "%s contacts added", done.new) % grouped(done.new))
    if done.completed:
        said.append(ngettext("%s contact completed", "%s contacts completed", done.completed) % grouped(done.completed))
    return ", ".join(said) or _("Nothing to add: your contacts say all of it already")


class TooMany(FileRefused):
    """More cards than are shown."""


def _report(raw: bytes) -> Report:
    """In no group: how others sort their people is not how one sorts one's own. Raises FileRefused and TooMany."""
    if len(raw) > importing.LARGEST:
        raise TooMany
    report = vcards.read(raw)
    if len(report.cards) > CARD_LIMIT:
        raise TooMany
    return replace(report, cards=[replace(one, card=replace(one.card, groups=())) for one in report.cards])


def _told(plan: Plan) -> Known | None:
    count = len(plan.new) + len(plan.completed) + plan.same
    if not count:
        return None
    if count == 1:
        return _of_one(plan)
    lines = [
        (_("New to you"), ", ".join(slot.card.name for slot in plan.new)),
        (_("Would be completed"), ", ".join(slot.card.name for slot in plan.completed)),
        (_("Among your contacts already"), grouped(plan.same) if plan.same else ""),
    ]
    offers = "" if plan.empty else _("Add to contacts") if plan.new else _("Complete these contacts")
    return Known(offers=offers, lines=[(word, names) for word, names in lines if names])


def _of_one(plan: Plan) -> Known:
    if plan.new:
        return Known(offers=_("Add to contacts"))
    if plan.completed:
        return Known(_("This person is among your contacts already; the card says more."), _("Complete this contact"))
    return Known(_("This person is among your contacts already."))
