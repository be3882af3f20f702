"""The form of an internal note, and what comes back from it. What it is about is signed in the form: a message that was
moved meanwhile, or a mailbox that does not answer, loses no text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.shared_mailboxes.conversation_events import NamedConversation
from vaguemestre.shared_mailboxes.internal_notes import LONGEST_TEXT, note_members
from vaguemestre.webmail.mailbox_access import MailboxAccess, MailboxRequest
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.notes.mentions import mentioned_members

SALT = "vaguemestre.webmail.notes"
LIFE = 7 * 24 * 3600  # a page may be open that long


@dataclass(frozen=True, slots=True)
class NoteForm:
    """`about`: the conversation, signed; empty where a note is changed. `error`: why it was not kept."""

    members: Sequence[Account]
    about: str = ""
    text: str = ""
    chosen: frozenset[str] = frozenset()
    error: str = ""
    longest: int = LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class SentNote:
    text: str
    mentions: Sequence[Account]
    form: NoteForm  # as it was sent


def new_note_form(access: MailboxAccess, conversation: NamedConversation, now: datetime) -> NoteForm:
    names = [conversation.message_ids[0], conversation.message_ids[-1]]
    return NoteForm(_others(access, now), signing.dumps([access.mailbox.key, new_key(), *names], salt=SALT))


def change_form(access: MailboxAccess, now: datetime) -> NoteForm:
    return NoteForm(_others(access, now))


def parse_note(request: MailboxRequest, now: datetime) -> SentNote:
    """`form.error` where the text cannot be a note."""
    text, members = _text(request), _others(request.mailbox, now)
    mentions = mentioned_members(text, request.POST.getlist("mention"), members)
    error = ""
    if not text:
        error = _("This note has no text.")
    elif len(text) > LONGEST_TEXT:
        error = _("This note is too long: at most %d characters.") % LONGEST_TEXT
    chosen = frozenset(one.key for one in mentions)
    return SentNote(text, mentions, NoteForm(members, request.POST.get("a-propos", ""), text, chosen, error))


def parse_subject(access: MailboxAccess, about: str, now: datetime) -> tuple[NamedConversation, str] | None:
    """The conversation, and the key of the form. None: forged, too old, or of another mailbox."""
    try:
        box, form_key, *names = signing.loads(about, salt=SALT, max_age=LIFE)
    except (signing.BadSignature, ValueError):
        return None
    return (NamedConversation(tuple(names), now), form_key) if box == access.mailbox.key else None


def _text(request: MailboxRequest) -> str:
    return request.POST.get("texte", "").replace("\r\n", "\n").replace("\0", "").strip()


def _others(access: MailboxAccess, now: datetime) -> list[Account]:
    there = note_members(access.mailbox.key, timezone.localdate(now))
    return [one for one in there if one.key != access.reader.key]
