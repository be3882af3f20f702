"""Internal notes on the conversations of a box, for its members. They are rows and no messages: no answer, forward,
source or mail program has them (`docs/decisions/internal-notes.md`)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions.event_streams import tell_change
from vaguemestre.people.folding import words
from vaguemestre.shared_mailboxes.conversation_events import LONGEST, NamedConversation, alone_in
from vaguemestre.shared_mailboxes.models import InternalNote, Membership
from vaguemestre.shared_mailboxes.periods import OVERLAP, live

LONGEST_TEXT = 4000  # characters
CHANGES_FOR = timedelta(minutes=10)  # after which colleagues may have acted on it
MOST_FOUND = 10


class NoteRefusedError(Exception):
    """The right has ended, or the note is not theirs to change any more."""


def note_members(box: str, today: date) -> list[Account]:
    """Who may leave a note in a box (its key), and reads those of the others: not who only reads on after a post."""
    there = live(today).filter(box=box).exclude(OVERLAP).select_related("member__person")
    return sorted((one.member for one in there), key=lambda one: (one.person.search_name, one.key))


def notes_end(box: str, reader: str, today: date) -> datetime | None:
    """When the notes end that this member may read: at the end of the post. None: they may read all, and leave some."""
    overlap = live(today).filter(OVERLAP, box=box, member=reader).first()
    if overlap is None:
        return None
    left = Membership.objects.filter(box=box, member=reader, end=Membership.End.LEFT_POST)
    last = left.order_by("-ended_at").values_list("ended_at", flat=True).first()
    return last or midnight(overlap.starts)


def notes_of(box: str, message_ids: Iterable[str], until: datetime | None) -> list[InternalNote]:
    """Of the conversations that have one of these messages, oldest first. Two queries at most. `until`: `notes_end`."""
    wanted = sorted({one[:LONGEST] for one in message_ids if one})
    if not wanted:
        return []
    return list(_readable(box, until).filter(Q(oldest__in=wanted) | Q(newest__in=wanted)).order_by("at", "pk"))


def newest_note(box: str) -> int:
    """Its number: another one than before, and a page that is open may show less than there is. One query."""
    return InternalNote.objects.filter(box=box).order_by("-pk").values_list("pk", flat=True).first() or 0


def find_notes(box: str, terms: Collection[str], until: datetime | None) -> list[InternalNote]:
    """Those with all these terms, newest first."""
    wanted = [word for term in terms for word in words(term)]
    if not wanted:
        return []
    found = _readable(box, until).filter(withdrawn_at=None)
    for word in wanted:
        found = found.filter(search_text__contains=word)
    return list(found.order_by("-at", "-pk")[:MOST_FOUND])


def add_note(
    box: Account, conversation: NamedConversation, text: str, mentions: Collection[Account], *, form_key: str,
    by: Account, now: datetime,
) -> tuple[InternalNote, bool]:  # fmt: skip
    """Whether it is new: a form that arrives twice leaves one. Raises NoteRefusedError."""
    with alone_in(box.key):
        _check_right(box, by, now)
        known = InternalNote.objects.filter(box=box.key, form_key=form_key).first()
        if known:
            return known, False
        note = InternalNote.objects.create(
            box_id=box.key, author=by, at=now, text=text, search_text=_search_text(text, mentions), form_key=form_key,
            oldest=conversation.message_ids[0][:LONGEST], newest=conversation.message_ids[-1][:LONGEST],
        )  # fmt: skip
        note.mentions.set(mentions)
        tell_change(box.key)
    return note, True


def change_note(
    box: Account, number: int, text: str, mentions: Collection[Account], *, by: Account, now: datetime
) -> tuple[InternalNote, list[Account]]:
    """With those that it did not mention before. Raises NoteRefusedError."""
    with alone_in(box.key):
        _check_right(box, by, now)
        note = _own_note(box, number, by)
        if now - note.at > CHANGES_FOR:
            raise NoteRefusedError
        before = set(note.mentions.all())
        note.text, note.search_text, note.changed_at = text, _search_text(text, mentions), now
        note.save(update_fields=["text", "search_text", "changed_at"])
        note.mentions.set(mentions)
        tell_change(box.key)
    return note, [one for one in mentions if one not in before]


def withdraw_note(box: Account, number: int, *, by: Account, now: datetime) -> None:
    """Its text is gone; that there was a note stays. Raises NoteRefusedError."""
    with alone_in(box.key):
        _check_right(box, by, now)
        note = _own_note(box, number, by)
        note.text, note.search_text, note.withdrawn_at = "", "", now
        note.save(update_fields=["text", "search_text", "withdrawn_at"])
        note.mentions.clear()
        tell_change(box.key)


def mentioned_lately(note: InternalNote, member: Account, since: datetime) -> bool:
    """By another note of the same conversation."""
    same = Q(oldest=note.oldest) | Q(newest=note.newest)
    others = InternalNote.objects.filter(same, box=note.box_id, mentions=member, at__gt=since).exclude(pk=note.pk)
    return others.exists()


def exported_notes(notes: QuerySet[InternalNote]) -> list[dict[str, str | list[str]]]:
    """For an export, or the access request of somebody that they name."""
    found = notes.filter(withdrawn_at=None).select_related("box__account", "author__person")
    return [
        {"box": one.box.account.address, "at": timezone.localtime(one.at).isoformat(timespec="seconds"),
         "author": one.author.display_name, "text": one.text, "message": one.oldest,
         "mentions": [who.display_name for who in one.mentions.all()]}
        for one in found.prefetch_related("mentions__person").order_by("at", "pk")
    ]  # fmt: skip


def notes_naming(name: str) -> QuerySet[InternalNote]:
    """For the access request of somebody who has no account: a parent, a pupil."""
    found = InternalNote.objects.all()
    for word in words(name):
        found = found.filter(search_text__contains=word)
    return found if words(name) else found.none()


def notes_about(account: Account) -> QuerySet[InternalNote]:
    """Those that a member wrote, or that mention them."""
    mine = Q(author=account) | Q(pk__in=InternalNote.objects.filter(mentions=account).values("pk"))
    return InternalNote.objects.filter(mine)


def _readable(box: str, until: datetime | None) -> QuerySet[InternalNote]:
    found = InternalNote.objects.filter(box=box).select_related("author__person").prefetch_related("mentions__person")
    return found.filter(at__lt=until) if until else found


def _check_right(box: Account, by: Account, now: datetime) -> None:
    if not live(timezone.localdate(now)).filter(box=box.key, member=by).exclude(OVERLAP).exists():
        raise NoteRefusedError


def _own_note(box: Account, number: int, by: Account) -> InternalNote:
    note = InternalNote.objects.filter(box=box.key, author=by, pk=number, withdrawn_at=None).first()
    if note is None:
        raise NoteRefusedError
    return note


def _search_text(text: str, mentions: Collection[Account]) -> str:
    return " ".join(words(" ".join([text, *(one.display_name for one in mentions)])))
