"""Internal notes as an open conversation shows them, and as a search finds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.shared_mailboxes.internal_notes import CHANGES_FOR, find_notes, notes_end, notes_of
from vaguemestre.shared_mailboxes.models import InternalNote
from vaguemestre.web import date_text
from vaguemestre.webmail.mailbox_access import MailboxAccess

PREVIEW = 140  # characters of a note that a search has found


@dataclass(frozen=True, slots=True)
class NoteView:
    number: int
    author: str  # empty: oneself
    text: str
    mentions: str  # names
    when: str
    exact: str
    iso: str
    changed: bool
    withdrawn: bool
    may_change: bool
    may_withdraw: bool
    chosen: frozenset[str]  # keys of those it mentions
    message_id: str
    is_note: ClassVar[bool] = True

    @property
    def preview(self) -> str:
        return Truncator(" ".join(self.text.split())).chars(PREVIEW)


@dataclass(frozen=True, slots=True)
class ConversationNotes:
    """`may_add`: not who only reads on after a post, nor where there is nothing to note about."""

    notes: Sequence[NoteView] = ()
    may_add: bool = False


NO_NOTES = ConversationNotes()


def conversation_notes(session: Session, access: MailboxAccess, spot: Spot, now: datetime) -> ConversationNotes:
    """Of the conversation of a message that was read. No exchange with the mailbox; none of one's own."""
    if access.is_own:
        return NO_NOTES
    spots = {spot, *session.together(*spot)}
    names = [row.message_id for one in spots if (row := session.remembered_row(*one)) and row.message_id]
    until = _end(access, now)
    notes = notes_of(access.mailbox.key, names, until)
    return ConversationNotes(note_views(notes, access, now, may_write=until is None), bool(names) and until is None)


def found_notes(access: MailboxAccess, terms: Sequence[str], now: datetime) -> Sequence[NoteView]:
    """Those of a search, newest first."""
    if access.is_own or not terms:
        return ()
    return note_views(find_notes(access.mailbox.key, terms, _end(access, now)), access, now, may_write=False)


def note_views(
    notes: Iterable[InternalNote], access: MailboxAccess, now: datetime, *, may_write: bool
) -> tuple[NoteView, ...]:
    return tuple(_view(one, access.reader.key, now, may_write=may_write) for one in notes)


def _end(access: MailboxAccess, now: datetime) -> datetime | None:
    """Who may write is in no overlap: no query."""
    return None if access.may_write else notes_end(access.mailbox.key, access.reader.key, timezone.localdate(now))


def _view(note: InternalNote, reader: str, now: datetime, *, may_write: bool) -> NoteView:
    named, gone = list(note.mentions.all()), note.withdrawn_at is not None
    own = may_write and note.author_id == reader and not gone
    return NoteView(
        number=note.pk, author="" if note.author_id == reader else note.author.display_name, text=note.text,
        mentions=", ".join(_("you") if one.key == reader else one.display_name for one in named),
        when=date_text.relative_date_text(note.at, now), exact=date_text.full_date_text(note.at),
        iso=timezone.localtime(note.at).isoformat(timespec="seconds"), changed=note.changed_at is not None,
        withdrawn=gone, may_change=own and now - note.at <= CHANGES_FOR, may_withdraw=own,
        chosen=frozenset(one.key for one in named), message_id=note.newest,
    )  # fmt: skip
