"""How an open page learns of new mail, and how it says so: what it was drawn with, and what the person has chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.messages import Folder, Row
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import folders as columns
from vaguemestre.webmail import preferences
from vaguemestre.webmail.listing import subject_or_not
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.standing import Standing

NAMED = 3  # messages named in one notice
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Arrival:
    """`since` in milliseconds: of what came later, the page must be told. `after`: the first number that the inbox had
    not given when the page was drawn; 0 for a page that shows no notice. `count` goes in the title."""

    since: int = 0
    after: int = 0
    count: str = ""
    counts: bool = False


@dataclass(frozen=True, slots=True)
class News:
    after: int
    title: str = ""
    body: str = ""


def mark() -> int:
    """Taken before the mailbox is asked: what comes while it answers counts as later."""
    return int(timezone.now().timestamp() * 1000)


def of(everything: Sequence[Folder], standing: Standing, since: int) -> Arrival:
    inbox = columns.by_role(everything, "inbox")
    if inbox is None:
        return Arrival(since)
    notifies = standing.notifies != Preferences.Notifying.NOTHING
    count = grouped(inbox.unseen) if standing.counts_in_title and inbox.unseen else ""
    return Arrival(since, inbox.uid_next if notifies else 0, count, standing.counts_in_title)


def news(account: Account, session: Session, after: int) -> News:
    """What came into the inbox from the number `after` on and is unread, in the words that the person has chosen."""
    chosen = preferences.of(account).notifies
    inbox = session.by_role("inbox")
    rows = session.page(MailboxId(str(inbox.id)), count=LOOKED_AT).rows if inbox else ()
    following = max([after, *(row.uid + 1 for row in rows)])
    fresh = [row for row in rows if row.uid >= after and not row.seen]
    if not fresh or chosen == Preferences.Notifying.NOTHING:
        return News(following)
    count = len(fresh)
    title = ngettext("%s new message", "%s new messages", count) % grouped(count)
    if chosen == Preferences.Notifying.ARRIVAL:
        return News(following, title)
    if count == 1:
        return News(following, _who(fresh[0]), subject_or_not(fresh[0].subject))
    return News(following, title, "\n".join(f"{_who(row)} : {subject_or_not(row.subject)}" for row in fresh[:NAMED]))


def _who(row: Row) -> str:
    return row.sender.label if row.sender else _("(unknown sender)")
