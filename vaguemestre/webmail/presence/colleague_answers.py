"""Whether another member of the shared mailbox has answered while somebody wrote: looked for at "Envoyer", in Sent,
where mail programs file too, and in the outbox. A mailbox that does not answer holds nothing up."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.shared_mailboxes.authorship import authors_of
from vaguemestre.web import date_text
from vaguemestre.webmail.compose import replies
from vaguemestre.webmail.compose.draft_content import DraftOrigin
from vaguemestre.webmail.compose.draft_copies import message_id_of
from vaguemestre.webmail.compose.send_checks import ColleagueAnswer, own_words
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.presence.answers_in_progress import message_mark

SHOWN = 3  # answers, the newest
LONGEST = 2000  # characters of one
TRIES, PAUSE = 50, 0.1  # seconds
_ON_ITS_WAY = (Outgoing.State.QUEUED, Outgoing.State.SUBMITTED)


def find_answers(access: MailboxAccess, outgoing: Outgoing, now: datetime) -> list[ColleagueAnswer]:
    """To the conversation that this one answers, since its sheet was opened. Without a query nor a round trip for a new
    message, and in one's own mailbox."""
    answered = _answered(access, outgoing)
    if not answered:
        return []
    coming = _on_its_way(access, outgoing, answered, now)
    try:
        with open_mailbox(access) as session:
            left = _in_sent(access, outgoing, answered, session, now)
    except MailboxError:
        left = {}
    return list({**coming, **left}.values())[-SHOWN:]


@contextmanager
def one_press_at_a_time(access: MailboxAccess, outgoing: Outgoing) -> Iterator[None]:
    """So that two members who click at the same moment do not both find nothing. The lock ends with its process; it is
    waited for some seconds."""
    if not _answered(access, outgoing):
        yield
        return
    lock = Path(settings.MAIL["presence"]) / f"{access.mailbox.key}.lock"
    for turn in range(TRIES + 1):
        with hold_machine_lock(lock) as free:
            if free or turn == TRIES:
                yield
                return
        time.sleep(PAUSE)


def _answered(access: MailboxAccess, outgoing: Outgoing) -> list[str]:
    """By which its conversation is known: how it began, and what is answered."""
    if access.is_own or outgoing.kind == Outgoing.Kind.FORWARD or not outgoing.source_message_id:
        return []
    return list(dict.fromkeys([*outgoing.references[:1], outgoing.source_message_id]))


def _on_its_way(
    access: MailboxAccess, outgoing: Outgoing, answered: Sequence[str], now: datetime
) -> dict[str, ColleagueAnswer]:
    waiting = Outgoing.objects.filter(account=access.mailbox, state__in=_ON_ITS_WAY).exclude(pk=outgoing.pk)
    others = waiting.exclude(author=access.reader.key).select_related("author__person").order_by("queued_at")
    found = {}
    for row in others:
        if row.source_message_id and {*row.references, row.source_message_id}.intersection(answered):
            name = row.author.display_name if row.author else access.mailbox.display_name
            said = (
                _("%(name)s has answered; it leaves %(when)s:")
                if row.planned
                else _("%(name)s has answered, %(when)s:")
            )
            when = row.leaves_at if row.planned else row.queued_at
            words = {"name": name, "when": date_text.relative_date_text(when or now, now)}
            mark = message_mark(row.message_id, None, None)
            found[mark] = _answer(mark, said % words, row.text)
    return found


def _in_sent(
    access: MailboxAccess, outgoing: Outgoing, answered: Sequence[str], session: Session, now: datetime
) -> dict[str, ColleagueAnswer]:
    sent, begun = session.by_role("sent"), outgoing.created_at.replace(microsecond=0)
    if sent is None or sent.id is None:
        return {}
    place, since = sent.id, int((now - begun) / timedelta(seconds=1)) + 2
    uids = session.answers(place, answered, seconds=since)
    rows = session.rows([(place, uid) for uid in uids]) if uids else {}
    own = message_id_of(outgoing.key)
    new = [one for one in rows.values() if one.received >= begun and one.message_id != own]
    authors, found = authors_of(access.mailbox, [one.message_id for one in new]), {}
    for row in sorted(new, key=lambda one: one.received):
        author = authors.get(row.message_id)
        if author != access.reader:
            mark = message_mark(row.message_id, place, row.uid)
            words = {"name": _name(author), "when": date_text.relative_date_text(row.received, now)}
            found[mark] = _answer(mark, _("%(name)s has answered, %(when)s:") % words, _text(session, place, row.uid))
    return found


def _name(author: Account | None) -> str:
    return author.display_name if author else _("Another member")


def _answer(mark: str, said: str, text: str) -> ColleagueAnswer:
    words = own_words(text, "")
    shown = words if len(words) <= LONGEST else f"{words[:LONGEST].rstrip()}…"
    return ColleagueAnswer(mark, said, shown)


def _text(session: Session, folder: MailboxId, uid: Uid) -> str:
    return replies.body_text(session, DraftOrigin(folder, uid), session.message(folder, uid))
