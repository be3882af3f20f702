"""A visiting card that came with a message: what one reads on it, what one's contacts know of it already, and how it
joins them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import file_import, vcards
from vaguemestre.contacts.file_import import ImportPlan, ImportResult
from vaguemestre.contacts.import_report import FileRefusedError, Report
from vaguemestre.contacts.vcards import lines
from vaguemestre.mailbox.mime.header_text import clean_text
from vaguemestre.web.number_text import number_text

INPUT_LIMIT = 1024 * 1024
CARD_LIMIT = 50
VALUE_LIMIT = 20


@dataclass(frozen=True, slots=True)
class CardSummary:
    name: str
    organisation: str
    title: str
    mails: list[str]
    telephones: list[str]
    addresses: list[str]
    note: str


@dataclass(frozen=True, slots=True)
class KnownContact:
    """`offers`: the word on the button; empty where nothing would be added. `lines`: of several cards, which are new
    and which are not. `too_many`: more than are shown, so they are not added by one press."""

    said: str = ""
    offers: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    too_many: bool = False


def parse_summaries(raw: bytes) -> list[CardSummary]:
    """Never fails; empty when there is no card. A card that the address book would refuse is shown too."""
    cards = islice(vcards.parse_cards(raw[:INPUT_LIMIT], Report()), CARD_LIMIT)
    return [one for one in map(_summary, cards) if one.name or one.mails or one.organisation]


def find_known_contact(account: Account, raw: bytes) -> KnownContact | None:
    """None for a card that the address book could not hold. It reads the whole book: the same person is known by more
    than an address."""
    try:
        return _told(file_import.plan_of_report(account, _report(raw)))
    except TooManyCardsError:
        return KnownContact(too_many=True)
    except FileRefusedError:
        return None


def import_cards(account: Account, raw: bytes, *, now: datetime) -> ImportResult:
    """All that the file holds, planned again. Raises FileRefusedError and keeping.Full."""
    return file_import.import_report(account, _report(raw), now=now)


def imported_text(done: ImportResult) -> str:
    said = []
    if done.new:
        said.append(ngettext("%s contact added", "%s contacts added", done.new) % number_text(done.new))
    if done.completed:
        said.append(
            ngettext("%s contact completed", "%s contacts completed", done.completed) % number_text(done.completed)
        )
    return ", ".join(said) or _("Nothing to add: your contacts say all of it already")


def _summary(card: vcards.ParsedCard) -> CardSummary:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for prop in card.properties:
        values[prop.name].append(prop.value)
    names = [" ".join(_components(value)[1::-1]) for value in values["N"]]
    return CardSummary(
        name=_first([*map(_text, values["FN"]), *names]),
        organisation=_first(_joined(value) for value in values["ORG"]),
        title=_first(_text(value) for value in values["TITLE"] + values["ROLE"]),
        mails=_distinct(_text(value).removeprefix("mailto:") for value in values["EMAIL"]),
        telephones=_distinct(_text(value).removeprefix("tel:") for value in values["TEL"]),
        addresses=_distinct(_joined(value) for value in values["ADR"]),
        note=_first(lines.text_value(value)[:2000] for value in values["NOTE"]),
    )


def _text(value: str) -> str:
    return clean_text(lines.text_value(value))[:300]


def _components(value: str) -> list[str]:
    return [clean_text(part)[:300] for part in lines.components(value)]


def _joined(value: str) -> str:
    return ", ".join(filter(None, _components(value)))


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))[:VALUE_LIMIT]


class TooManyCardsError(FileRefusedError):
    """More cards than are shown."""


def _report(raw: bytes) -> Report:
    """In no group: how others sort their people is not how one sorts one's own. Raises FileRefusedError and TooMany."""
    if len(raw) > file_import.LARGEST:
        raise TooManyCardsError
    report = vcards.read_vcards(raw)
    if len(report.cards) > CARD_LIMIT:
        raise TooManyCardsError
    return replace(report, cards=[replace(one, card=replace(one.card, groups=())) for one in report.cards])


def _told(plan: ImportPlan) -> KnownContact | None:
    count = len(plan.new) + len(plan.completed) + plan.same
    if not count:
        return None
    if count == 1:
        return _of_one(plan)
    lines = [
        (_("New to you"), ", ".join(slot.card.name for slot in plan.new)),
        (_("Would be completed"), ", ".join(slot.card.name for slot in plan.completed)),
        (_("Among your contacts already"), number_text(plan.same) if plan.same else ""),
    ]
    offers = "" if plan.empty else _("Add to contacts") if plan.new else _("Complete these contacts")
    return KnownContact(offers=offers, lines=[(word, names) for word, names in lines if names])


def _of_one(plan: ImportPlan) -> KnownContact:
    if plan.new:
        return KnownContact(offers=_("Add to contacts"))
    if plan.completed:
        return KnownContact(
            _("This person is among your contacts already; the card says more."), _("Complete this contact")
        )
    return KnownContact(_("This person is among your contacts already."))
