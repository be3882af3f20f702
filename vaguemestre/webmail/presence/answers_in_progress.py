"""Who is answering what in a shared mailbox at this moment, as its other members see it.

The row of the draft holds who and what. A file with the draft's key is kept as long as the page of the draft sends
keepalives: its date is the last one, its text who sends them and since when. So it is in no process's memory; and while
no one writes there is no file, hence no query."""

import os
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.messages import Address
from vaguemestre.shared_mailboxes.access import may_write_in
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.people.correspondents import Avatar, avatar

WRITTEN_BEFORE = timedelta(seconds=10)  # how long one has written at the first keepalive (`writing-signal.ts`)
ALIVE = timedelta(seconds=20)  # since a keepalive: one comes every 8 s, and a page that shows it looks every 8 s
SILENCE = timedelta(minutes=2)  # since what is written was changed


@dataclass(frozen=True, slots=True)
class AnswerInProgress:
    """`answers`: the mark of the message that is answered."""

    name: str
    since: str
    face: Avatar
    answers: str


def message_mark(message_id: str, folder: str | None, uid: int | None) -> str:
    """Names a message in a page of its mailbox: by its Message-ID, so that it may be moved meanwhile."""
    return f"{zlib.crc32((message_id or f'{folder}.{uid}').encode()):08x}"


def note_keepalive(access: MailboxAccess, key: str, now: datetime) -> bool:
    """The reader writes in this draft of theirs. True when it is the first one."""
    path = _folder(access.mailbox) / key
    known = _read_keepalive(path, now)
    if known and known[0] == access.reader.key:
        with suppress(FileNotFoundError):  # it has just ended
            os.utime(path, (now.timestamp(), now.timestamp()))
        return False
    if not _drafts(access.mailbox, now).filter(pk=key, author=access.reader.key).exists():
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(f"{access.reader.key} {(now - WRITTEN_BEFORE).isoformat()}", encoding="ascii")
    os.utime(path, (now.timestamp(), now.timestamp()))
    return True


def end_presence(access: MailboxAccess, key: str, now: datetime) -> bool:
    """Folded, sent, thrown away, or silent. False when there was none."""
    path = _folder(access.mailbox) / key
    known = _read_keepalive(path, now)
    if known is None or known[0] != access.reader.key:
        return False
    path.unlink(missing_ok=True)
    return True


def answers_in_progress(access: MailboxAccess, now: datetime) -> list[AnswerInProgress]:
    """Those of the others, in the mailbox that is shown, who may still write there. For who may write too."""
    keepalives = {} if access.is_own or not access.may_write else dict(_keepalives(access.mailbox, now))
    if not keepalives:
        return []
    written = _drafts(access.mailbox, now).filter(pk__in=keepalives)
    rows = written.exclude(author=access.reader.key).exclude(author=None).select_related("author__person")
    found = [
        (keepalives[row.key][1], row, row.author)
        for row in rows
        if row.author and keepalives[row.key][0] == row.author_id
    ]
    writing = _writers(access.mailbox, [author for _since, _row, author in found], now)
    return [
        _answer(author, row, now - since)
        for since, row, author in sorted(found, key=lambda one: one[0])
        if author.key in writing
    ]


def _drafts(box: Account, now: datetime) -> QuerySet[Outgoing]:
    """Answers that were changed just now."""
    answers = Outgoing.objects.filter(account=box, state=Outgoing.State.DRAFT, kind=Outgoing.Kind.REPLY)
    return answers.filter(changed_at__gt=now - SILENCE)


def _writers(box: Account, authors: Sequence[Account], now: datetime) -> Collection[str]:
    today = timezone.localdate(now)
    return {one.key for one in authors if not one.mail_refusal(now) and may_write_in(box.key, one.key, today)}


def _answer(author: Account, row: Outgoing, elapsed: timedelta) -> AnswerInProgress:
    minutes, person = elapsed // timedelta(minutes=1), author.person
    return AnswerInProgress(
        name=f"{person.civility} {person.family_name}",
        since=_("for %s min") % minutes if minutes else "",
        face=avatar(Address(author.display_name, author.address), ()),
        answers=message_mark(row.source_message_id, row.source_folder, row.source_uid),
    )


def _keepalives(box: Account, now: datetime) -> Iterator[tuple[str, tuple[str, datetime]]]:
    with suppress(FileNotFoundError), os.scandir(_folder(box)) as files:
        for file in files:
            if known := _read_keepalive(Path(file.path), now):
                yield file.name, known


def _read_keepalive(path: Path, now: datetime) -> tuple[str, datetime] | None:
    """Who sends it, and since when they write."""
    with suppress(FileNotFoundError, ValueError):
        if now - datetime.fromtimestamp(path.stat().st_mtime, UTC) < ALIVE:
            member, since = path.read_text(encoding="ascii").split(" ")
            return member, datetime.fromisoformat(since)
        path.unlink()  # its page has died
    return None


def _folder(box: Account) -> Path:
    return Path(settings.MAIL["presence"]) / box.key
