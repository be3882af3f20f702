"""A mailing before it leaves: its table and its letters put together, and what is said before the button."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.accounts import shut
from vaguemestre.handouts import sending as handed_out
from vaguemestre.web.quantities import grouped, size_in_words
from vaguemestre.webmail import confidences, enclosures, guards, preferences, signature, variables
from vaguemestre.webmail.correspondents import is_outside
from vaguemestre.webmail.guards import Noticed
from vaguemestre.webmail.mailing import letters, pace, table
from vaguemestre.webmail.mailing.letters import Drafted, Drawn
from vaguemestre.webmail.mailing.models import Mailing
from vaguemestre.webmail.mailing.table import Table, Unreadable
from vaguemestre.webmail.outbox import SendRefusal, SendRefusedError

SHOWN_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Prepared:
    mailing: Mailing
    table: Table
    drafted: Drafted

    @property
    def letters(self) -> tuple[Drawn, ...]:
        return self.drafted.letters

    @property
    def columns(self) -> list[tuple[int, str]]:
        return list(enumerate(self.table.head))

    @property
    def faulty(self) -> list[Drawn]:
        return self.drafted.faulty[:SHOWN_FAULTS]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said beside the button."""

    button: str
    aside: str
    how_long: str
    copies: str
    outside: str
    unknown: str
    unused: str
    more_faults: str


def prepared(mailing: Mailing, today: date) -> Prepared | None:
    """None while there is no table. Raises Unreadable."""
    if not mailing.typed.strip():
        return None
    read = table.read(mailing.typed)
    column = read.address_column(mailing.address_column)
    if column is None:
        raise Unreadable(_("No column holds addresses. Add one, for instance called “courriel”."))
    return Prepared(mailing, read, letters.drafted(mailing, read, column, today))


def variables_of(mailing: Mailing) -> list[str]:
    return variables.named_in(mailing.letter.subject, mailing.letter.text)


def noticed(mailing: Mailing) -> list[Noticed]:
    """What is worth a look in any letter; that to whom it goes is the table's."""
    signed = signature.of(preferences.of(mailing.account))
    passed = (guards.BLANKS, guards.VISIBLE, guards.CIRCLE)
    return guards.look(mailing.letter, signed, lambda: None, passed=passed)


def check(ready: Prepared, now: datetime) -> None:
    """Raises `SendRefusedError` for what its author has to mend first."""
    outgoing, account = ready.mailing.letter, ready.mailing.account
    if why := shut.sending(account, now):
        raise SendRefusedError(SendRefusal.ACCOUNT_CLOSED, why)
    if not ready.drafted.sound:
        raise Unreadable(_("No letter can leave: each has a fault, which is said beside it."))
    if enclosures.weight(outgoing) > enclosures.limit():
        raise SendRefusedError(SendRefusal.TOO_LARGE)
    if handed_out.of_draft(outgoing.account_id, outgoing.key):
        raise SendRefusedError(SendRefusal.LINKED_FILE)
    texts = [outgoing.subject, outgoing.text]
    if confidences.holds_numen(account, [*texts, *letters.texts_of(ready.table)]):
        raise SendRefusedError(SendRefusal.NUMEN)
    if confidences.holds_password(account, [outgoing.subject, guards.own_words(outgoing.text, "")], now):
        raise SendRefusedError(SendRefusal.PASSWORD)


def in_words(ready: Prepared, now: datetime) -> Words:
    sound, faulty = len(ready.drafted.sound), len(ready.drafted.faulty)
    outside = sum(is_outside(one.recipient.address) for one in ready.drafted.sound)
    more = faulty - SHOWN_FAULTS
    return Words(
        button=ngettext("Send %s letter", "Send %s letters", sound) % grouped(sound),
        aside=ngettext("%s line has a fault and will not leave.", "%s lines have a fault and will not leave.", faulty)
        % grouped(faulty) if faulty else "",
        how_long=_how_long(ready, sound, now),
        copies=_copies(ready, sound),
        outside=ngettext("%s is outside the academy.", "%s are outside the academy.", outside) % grouped(outside)
        if outside else "",
        unknown=_named(ready.drafted.unknown, _("The table has no column for: %s.")),
        unused=_named(ready.drafted.unused, _("Columns that the letter does not use: %s.")),
        more_faults=ngettext("and %s more", "and %s more", more) % grouped(more) if more > 0 else "",
    )  # fmt: skip


def _how_long(ready: Prepared, count: int, now: datetime) -> str:
    ends = pace.in_words(pace.how_long(ready.mailing.account_id, count, now))
    return _("The last one leaves %s: letters are spread over time, so that the mail server takes them all.") % ends


def _copies(ready: Prepared, count: int) -> str:
    weight = enclosures.weight(ready.mailing.letter) * count
    return _("Each has its copy in Sent: about %s in all.") % size_in_words(weight)


def _named(names: tuple[str, ...], said: str) -> str:
    return said % ", ".join(_("“%s”") % name for name in names[:8]) if names else ""
