"""What was deleted for good and can be brought back for some days (`recover_days` of academy.toml): by the day on which
it was deleted, found by words of its sender or its subject. It comes back into a folder of its own, where it is in
sight: from which folder it once went nobody has noted. Nobody reads it here, only senders and subjects are shown.

Taken back, a recovery is deleted again: only Dovecot puts anything among the deleted, and its days begin again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlencode

from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.errors import FolderExistsError, NoSuchFolderError
from vaguemestre.mailbox.imap.messages.expunged_messages import ExpungedMessage
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.mime.word_stems import fold
from vaguemestre.mailbox.values import FolderName, Uid
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.content.header_text import message_date, subject_text
from vaguemestre.webmail.folders import lookup

PAGE = 50
LONGEST = 100  # letters that are looked for
BACK_IN = FolderName("Récupérés")


@dataclass(frozen=True, slots=True)
class DeletedMessageLine:
    uid: Uid
    who: str
    subject: str
    written: str
    size: str


@dataclass(frozen=True, slots=True)
class DeletedMessagesDay:
    heading: str
    lines: list[DeletedMessageLine]


@dataclass(frozen=True, slots=True)
class DeletedMessagesPage:
    """`total`: of all that may be brought back. `bound`: what is deleted from now on is not meant by "all"."""

    days: list[DeletedMessagesDay]
    total: int
    typed: str
    bound: int = 1
    place: str = ""
    newer_url: str = ""
    older_url: str = ""
    chosen_words: str = ""
    whole_words: str = ""  # where more are found than the page shows


def deleted_messages_page(session: Session, typed: str, number: int, now: datetime) -> DeletedMessagesPage:
    """`number`: the page, from 1. Two round trips; words are looked for in all of it, two thousand a trip."""
    typed, folder = typed.strip()[:LONGEST], session.recoverable_folder()
    if folder is None or folder.id is None or not folder.total:
        return DeletedMessagesPage([], 0, typed)
    start = (number - 1) * PAGE
    if typed:
        matching = _matching(session, folder, typed)
        some, found = matching[start : start + PAGE], len(matching)
    else:
        some, found = session.lost(folder.id, start, PAGE), folder.total
    last = start + len(some)
    words = {"first": number_text(start + 1), "last": number_text(last), "total": number_text(found)}
    return DeletedMessagesPage(
        days=_days(some, now),
        total=folder.total,
        typed=typed,
        bound=max(1, folder.uid_next),
        place=_("%(first)s to %(last)s of %(total)s") % words if some else "",
        newer_url=_url(typed, number - 1) if number > 1 else "",
        older_url=_url(typed, number + 1) if some and last < found else "",
        chosen_words=_("%s chosen") % number_text(found),
        whole_words=_whole(found, typed) if len(some) < found else "",
    )


def matching_messages(session: Session, folder: Folder, typed: str, below: int) -> UidSet:
    """All that the words name, as "all of them" says it; what was deleted since the page was drawn is not meant."""
    typed = typed.strip()[:LONGEST]
    if typed or folder.id is None:
        return UidSet.of(one.row.uid for one in _matching(session, folder, typed) if one.row.uid < below)
    return session.matching(folder.id, below=below)


def recovery_folder(session: Session) -> Folder:
    """The folder of what was brought back, made when first needed; the inbox where a mere parent has that name."""
    found = next((one for one in session.folders() if one.name == BACK_IN), None)
    if found and found.id:
        return found
    try:
        return session.create(BACK_IN)
    except FolderExistsError:
        inbox = session.by_role("inbox")
        if inbox is None:
            raise NoSuchFolderError from None
        return inbox


def recovered_text(count: int, folder: Folder) -> str:
    said = ngettext("%(count)s message is back, in “%(folder)s”", "%(count)s messages are back, in “%(folder)s”", count)
    return said % {"count": number_text(count), "folder": lookup.folder_text(folder)}


def _matching(session: Session, folder: Folder, typed: str) -> list[ExpungedMessage]:
    wanted = fold(typed).split()
    everything = session.lost(folder.id, 0, folder.total) if folder.id else []
    return [one for one in everything if _has(one, wanted)]


def _has(one: ExpungedMessage, wanted: Sequence[str]) -> bool:
    people = [*([one.row.sender] if one.row.sender else []), *one.row.to]
    text = fold(" ".join([one.row.subject, *map(str, people)]))
    return all(word in text for word in wanted)


def _days(found: Sequence[ExpungedMessage], now: datetime) -> list[DeletedMessagesDay]:
    by_day = groupby(found, lambda one: date_text.day_in_sentence(one.deleted, now))
    return [DeletedMessagesDay(_("Deleted %s") % day, [_line(one, now) for one in some]) for day, some in by_day]


def _line(one: ExpungedMessage, now: datetime) -> DeletedMessageLine:
    row = one.row
    return DeletedMessageLine(
        uid=row.uid,
        who=row.sender.label if row.sender else _("(unknown sender)"),
        subject=subject_text(row.subject),
        written=date_text.relative_date_text(message_date(row), now),
        size=octets_text(row.size),
    )


def _whole(found: int, typed: str) -> str:
    if typed:
        return _("Choose the %s messages found") % number_text(found)
    return _("Choose all the %s messages") % number_text(found)


def _url(typed: str, number: int) -> str:
    asked = {"q": typed, "page": str(number) if number > 1 else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("webmail:recovery") + (f"?{query}" if query else "")
