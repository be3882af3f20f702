"""What one sent and nobody has answered (`lists.unanswered_messages` says which): what is noted of it when it leaves,
what stands beside it, and the reminder that was asked for with it.

A reminder is a copy of the message, unread and on top of the inbox like what was put off: any program shows it. Nothing
has to cancel it. At its hour one looks whether somebody has answered, or its author waits no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import NoSuchFolderError, NoSuchMessageError, SignInRefusedError
from vaguemestre.mailbox.imap.conversations.reply_state import expects_reply
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.values import ASKS, RETURNED, SETTLED, Flag, MailboxId, Uid
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose.draft_copies import draft_key, message_id_of
from vaguemestre.webmail.compose.send_checks import own_words
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.models import Outgoing

REMIND = due.Job("webmail.follow_up.remind")
DAYS = (3, 7, 14)  # that are offered; fewer than those during which a message waits
CLOSED_AGAIN_AFTER = timedelta(days=1)
IN_MEMORY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where it lies in Sent. `reminder`: when its author will be reminded, in words."""

    folder: MailboxId
    uid: Uid
    reminder: str = ""

    @property
    def remind_url(self) -> str:
        return reverse("webmail:reminder", args=[self.folder, self.uid]) + "?tous=1"


class FollowUpSource:
    """What a page asks once, however many of one's own messages it shows: which of Sent wait, and of which ones their
    author is to be reminded. Only what bears `$Asks` can have a reminder."""

    def __init__(self, account_key: str) -> None:
        self._account_key = account_key
        self._named: set[str] = set()
        self._until: dict[str, datetime | None] = {}
        self._waiting: set[int] | None = None

    def name(self, rows: Iterable[Row]) -> None:
        """They may be asked about: then by one query."""
        self._named.update(letter for row in rows if ASKS in row.flags and (letter := draft_key(row.message_id)))

    def until(self, row: Row) -> datetime | None:
        self.name([row])
        letter = draft_key(row.message_id)
        if letter not in self._named:
            return None
        if letter not in self._until:
            asked = {_job_key(self._account_key, one): one for one in self._named - self._until.keys()}
            found = due.all_planned(REMIND, asked)
            self._until |= {one: found.get(key) for key, one in asked.items()}
        return self._until[letter]

    def among(self, session: Session, sent: MailboxId) -> set[int]:
        if self._waiting is None:
            self._waiting = set(session.matching(sent, "awaiting"))
        return self._waiting


def reminder_choices() -> list[tuple[int, str]]:
    words = [(days, ngettext("Remind me after %s day", "Remind me after %s days", days) % days) for days in DAYS]
    return [(0, _("No follow-up reminder")), *words]


def follow_up_flags(outgoing: Outgoing) -> list[Flag]:
    """On its copy in Sent. The server shows of a text its beginning alone: here the whole is at hand."""
    if outgoing.reminds_after == 0:
        return [SETTLED]
    return [ASKS] if outgoing.reminds_after or expects_reply(own_words(outgoing.text, "")) else []


def plan_reminder(outgoing: Outgoing, now: datetime) -> None:
    """Once it has left. Joins the caller's transaction."""
    if outgoing.reminds_after:
        due.at(now + timedelta(days=outgoing.reminds_after), REMIND, _job_key(outgoing.account_id, outgoing.key))


@REMIND.register
def remind(key: str, now: datetime) -> None:
    """`key`: see `_job_key`. What was moved out of Sent or deleted is forgotten in silence."""
    account_key, _space, letter = key.partition(" ")
    if not Account.every.filter(pk=account_key).exists():
        return
    try:
        with open_mailbox_of(account_key) as session:
            _remind(session, FollowUpSource(account_key), message_id_of(letter), now)
    except SignInRefusedError:
        due.at(now + CLOSED_AGAIN_AFTER, REMIND, key)


def find_waiting(
    session: Session, waits: FollowUpSource, sent: MailboxId, uid: Uid, reminder: str = ""
) -> FollowUp | None:
    """Or what its author has added since."""
    waiting = waits.among(session, sent)
    last = next((one for folder, one in session.together(sent, uid) if folder == sent and one in waiting), None)
    return FollowUp(sent, last, reminder) if last else None


def _remind(session: Session, waits: FollowUpSource, message_id: str, now: datetime) -> None:
    sent, inbox = session.by_role("sent"), session.by_role("inbox")
    if sent is None or sent.id is None or inbox is None or inbox.id is None:
        raise NoSuchFolderError
    found = session.find(sent.id, message_id)
    if not found or find_waiting(session, waits, sent.id, found[-1]) is None:
        return
    there = session.flags(inbox.id, session.find(inbox.id, message_id))
    if any(RETURNED in flags for flags in there.values()):
        return  # an attempt that did not live to be written down
    with SpooledTemporaryFile(IN_MEMORY) as file:
        try:
            for piece in session.source(sent.id, found[-1]):
                file.write(piece)
        except NoSuchMessageError:
            return  # deleted this moment
        session.append(inbox.id, file, [RETURNED], now)


def _job_key(account_key: str, letter: str) -> str:
    return f"{account_key} {letter}"
