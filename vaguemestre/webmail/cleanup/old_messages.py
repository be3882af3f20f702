"""Old messages of one folder, put in the bin together: how many of which age there are, said before anything moves.

Old is what came long ago, as a search "avant:" says it. What bears a star stays, unless the person says otherwise."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text
from vaguemestre.webmail.search.periods import months_before, years_before

MONTHS, YEARS = (6,), (1, 2, 5)
EARLIEST = date(1970, 1, 2)


@dataclass(frozen=True, slots=True)
class AgeRange:
    """`before`: the first day of what stays, as a form says it."""

    before: str
    words: str
    count: str
    empty: bool


@dataclass(frozen=True, slots=True)
class OldMessages:
    """What goes and what stays, of one day and before. `bound`: what came since the person looked is not meant."""

    before: str
    day: str
    uids: UidSet
    starred: int
    bound: int


def age_ranges(session: Session, folder: MailboxId, today: date) -> list[AgeRange]:
    """One short search each."""
    days = [(months_before(today, n), ngettext("More than %d month", "More than %d months", n) % n) for n in MONTHS]
    days += [(years_before(today, n), ngettext("More than %d year", "More than %d years", n) % n) for n in YEARS]
    found = [(day, words, len(session.older(folder, day, starred=False))) for day, words in days]
    return [AgeRange(day.isoformat(), words, _count(count), not count) for day, words, count in found]


def old_messages(session: Session, folder: MailboxId, before: date, *, starred: bool, bound: int) -> OldMessages:
    everything = session.older(folder, before, starred=True, below=bound)
    uids = everything if starred else session.older(folder, before, starred=False, below=bound)
    kept = len(everything) - len(uids)
    return OldMessages(before.isoformat(), date_text.full_date(before), uids, kept, bound)


def parse_day(typed: str, today: date) -> date | None:
    """None for what is no day, or one that is to come: everything is older than that."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if EARLIEST <= day <= today else None


def _count(count: int) -> str:
    return ngettext("%s message", "%s messages", count) % number_text(count) if count else _("none")
