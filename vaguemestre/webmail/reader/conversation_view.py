"""A whole exchange on one page, one's own answers included: what is open, what is folded to a line, where each lies."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _, ngettext

from vaguemestre.mailbox.errors import NoSuchMessageError
from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.conversations.conversation_summary import same_message
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Address, Folder, Row
from vaguemestre.mailbox.values import PINNED, SEEN, UNDELIVERED, InvalidValueError, MailboxId, Uid
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.content.header_text import message_date
from vaguemestre.webmail.labels.labels import LabelChip
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.message_list.row_icons import mark_icons
from vaguemestre.webmail.message_list.writers import Writers, load_writers
from vaguemestre.webmail.outbox.follow_up import FollowUpSource
from vaguemestre.webmail.people.correspondents import SELF, Avatar, avatar
from vaguemestre.webmail.presence.answers_in_progress import message_mark
from vaguemestre.webmail.reader import message_actions
from vaguemestre.webmail.reader.format_choice import ASKED, FormatChoice
from vaguemestre.webmail.reader.html_frames import Frames
from vaguemestre.webmail.reader.message_actions import MessageActions
from vaguemestre.webmail.reader.message_view import MessageView, read_message
from vaguemestre.webmail.trust import display_names
from vaguemestre.webmail.trust.blocklist.lookup import Lookup
from vaguemestre.webmail.trust.junk_attachments import JunkFileConsent

AT_ONCE = 10  # unread messages that open by themselves: the rest of a long exchange stays folded, and unread
ALL_AT_ONCE = 30  # those that one press unfolds
EVERYTHING = "tout"


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """Who reads, and from which list: what all messages of one page share."""

    access: MailboxAccess
    mine: frozenset[str]
    now: datetime
    place: ListQuery
    uid: Uid  # the message in the page's address
    mark: bool
    asked: JunkFileConsent
    lookup: Lookup
    views: FormatChoice
    waits: FollowUpSource | None  # None: nothing is said of what nobody has answered
    reads: bool = True  # what is opened is read from then on
    unfolded: frozenset[Spot] = frozenset()  # what the person has unfolded, and continues seeing so
    frames: Frames | None = None  # where the page that is drawn will ask for its formatted texts

    @property
    def here(self) -> str:
        return f"{own_url('webmail:message', self.place.folder, self.uid)}{self.place.query}"


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    """One message. Folded, its line is all there is; open, `reading` is the message."""

    anchor: str
    folder: MailboxId
    uid: Uid
    who: str
    by: str  # which member wrote it, of a shared mailbox
    face: Avatar
    preview: str
    when: str
    exact: str
    iso: str
    unread: bool
    marks: SafeString
    here: str  # the page
    unfold_url: str  # the page with this message open
    fetch_url: str  # this message alone, open
    fold_url: str  # the same, folded
    view_url: str  # the page with this message the other way: formatted, or as text
    view_fetch_url: str  # this message alone, so
    back: str  # where its removal leads
    list_url: str  # where one is once it is unread again: its page would read it
    arrive: bool  # the page is scrolled to it
    mark: str  # `answers_in_progress.message_mark`
    reading: MessageView | None = None
    stays_unread: bool = False  # open, and unread as the person wants it
    acts: MessageActions | None = None  # of an open one
    alone: ClassVar[str] = message_actions.KEYS  # keys
    is_note: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ConversationView:
    """`uids`: those that the acts of the whole reach, in this folder."""

    leaves: tuple[ConversationMessage, ...]
    uids: tuple[Uid, ...]
    words: str
    starred: bool
    pinned: bool
    unfold_url: str  # empty when nothing is folded
    answer: ConversationMessage  # the one that is answered at the foot of the page


def gather_conversation(
    session: Session, reader: ReadingContext, main: MessageView, spots: Sequence[Spot], *, unfold: str = ""
) -> ConversationView | None:
    """None for a message that stands alone, which costs nothing more. One trip a folder, and what is open."""
    folder = reader.place.folder
    if len(spots) < 2:
        return None
    rows = session.rows(spots)
    if reader.waits:
        reader.waits.name(rows.values())
    once = _in_order(rows, (folder, reader.uid), _bin(session))
    if len(once) < 2:
        return None
    wanted = _open(once, rows, reader, unfold)
    back = _after(rows, reader)
    writers = load_writers(reader.access, [rows[spot] for spot in once], reader.mine)
    leaves = []
    for spot in once:
        reading = main if spot == (folder, reader.uid) else None
        if reading is None and spot in wanted:
            reading = open_message(session, reader, spot)
        leaves.append(conversation_message(rows[spot], spot, reader, writers, back=back, reading=reading))
    leaves = _name_outsiders_once(leaves, reader)
    unread = [spot for spot in once if not rows[spot].seen and spot in wanted]
    goal = once.index(unread[0] if unread else once[-1])
    leaves[goal] = replace(leaves[goal], arrive=True)
    here = [uid for where, uid in rows if where == folder]
    return ConversationView(
        leaves=tuple(leaves),
        uids=tuple(sorted(here)),
        words=_in_words(len(leaves), rows.values()),
        starred=any(rows[folder, uid].flagged for uid in here),
        pinned=any(PINNED in rows[folder, uid].flags for uid in here),
        unfold_url=_unfold_url(reader, EVERYTHING) if any(leaf.reading is None for leaf in leaves) else "",
        answer=_to_answer(leaves),
    )


def _name_outsiders_once(leaves: Sequence[ConversationMessage], reader: ReadingContext) -> list[ConversationMessage]:
    """The notice of an outside sender stands once on a page, above the newest, so that it stays where it is when an
    older one is unfolded; the others of that sender have the word."""
    said: set[str] = set()
    shown = []
    for leaf in reversed(leaves):
        reading = leaf.reading and with_outsider_named(leaf.reading, said, reader)
        if reading and reading.trust.notice and reading.trust.notice.of_newcomer:
            said.add(reading.sender_address)
        shown.append(replace(leaf, reading=reading))
    return shown[::-1]


def with_outsider_named(reading: MessageView, said: Collection[str], reader: ReadingContext) -> MessageView:
    """`said`: addresses whose notice the page shows already. Under a name of ours it is said each time."""
    trust = reading.trust
    if reading.sender_address not in said or not (trust.notice and trust.notice.of_newcomer):
        return reading
    if display_names.bears_our_name(Address(reading.sender, reading.sender_address), reader.access.reader):
        return reading
    return replace(reading, trust=trust.in_a_word)


def to_be_read(session: Session, reader: ReadingContext, spots: Sequence[Spot]) -> list[Spot]:
    """What the page of this message has open and is unread. `spots`: its exchange. No message is fetched again."""
    main = (reader.place.folder, reader.uid)
    rows = session.rows(spots) if len(spots) > 1 else {}
    once = _in_order(rows, main, _bin(session)) if rows else []
    unread = [spot for spot in _open(once, rows, reader, "") if not rows[spot].seen] if len(once) > 1 else []
    return list({main, *unread})


def open_message(session: Session, reader: ReadingContext, spot: Spot) -> MessageView | None:
    """None when it is gone this very moment: its line stays until the page is drawn again."""
    folder, uid = spot
    try:
        return read_message(
            session, ListQuery(folder), uid,
            access=reader.access, mine=reader.mine, now=reader.now,
            as_text=reader.views.as_text(folder, uid), mark=reader.mark, asked=reader.asked, lookup=reader.lookup,
            waits=reader.waits, reads=reader.reads, frames=reader.frames,
        )  # fmt: skip
    except NoSuchMessageError:
        return None


def conversation_message(
    row: Row, spot: Spot, reader: ReadingContext, writers: Writers, *, back: str, reading: MessageView | None
) -> ConversationMessage:
    folder, uid = spot
    said, other = message_date(row), other_view(reading) if reading else ""
    is_main = spot == (reader.place.folder, reader.uid)
    sender = row.sender
    if own := sender is not None and sender.address.lower() in reader.mine:
        who = writers.mailbox or _("You")
    else:
        who = sender.label if sender and sender.label else _("(unknown sender)")
    return ConversationMessage(
        anchor=f"m-{folder[:8]}-{uid}",
        folder=folder, uid=uid, who=who, by=writers.by_text(row) if own else "",
        face=avatar(sender, reader.mine, from_list=row.from_list), preview=row.preview,
        when=date_text.relative_date_text(said, reader.now), exact=date_text.full_date_text(said),
        iso=said.isoformat(timespec="seconds"),
        view_url=f"{_unfold_url(reader, f'{folder}.{uid}')}&{other}#m-{folder[:8]}-{uid}",
        view_fetch_url=f"{_fetch_url(reader, spot)}&{other}",
        unread=not row.seen,
        marks=mark_icons(
            UNDELIVERED in row.flags, row.answered, row.forwarded, row.has_attachments, row.flagged, row.deleted,
            get_language(),
        ),
        here=reader.here,
        unfold_url=f"{_unfold_url(reader, f'{folder}.{uid}')}#m-{folder[:8]}-{uid}",
        fetch_url=_fetch_url(reader, spot), fold_url=f"{_fetch_url(reader, spot)}&plie=1",
        back=back if is_main else reader.here, list_url=reader.place.url,
        arrive=False, mark=message_mark(row.message_id, folder, uid), reading=reading,
        stays_unread=reading is not None and not reader.reads and SEEN not in reading.flags,
    )  # fmt: skip


def with_actions(
    one: ConversationMessage, folders: Sequence[Folder], chips: Sequence[LabelChip], now: datetime
) -> ConversationMessage:
    if one.reading is None:
        return one
    return replace(one, acts=message_actions.message_actions(one.folder, one.reading.flags, folders, chips, now))


def other_view(reading: MessageView) -> str:
    """What an address says to have it the other way."""
    return f"{ASKED}={'texte' if reading.as_html else 'html'}"


def _bin(session: Session) -> MailboxId | None:
    found = session.by_role("trash")
    return found.id if found else None


def _in_order(rows: dict[Spot, Row], main: Spot, trash: MailboxId | None) -> list[Spot]:
    """Oldest first, each message once: of copies, that of this page, then of this folder, that in the bin last."""
    nearest = sorted(rows, key=lambda spot: (spot != main, spot[0] != main[0], spot[0] == trash))
    once: dict[object, Spot] = {}
    for spot in nearest:
        once.setdefault(same_message(rows[spot]), spot)
    return sorted(once.values(), key=lambda spot: (message_date(rows[spot]), rows[spot].received, spot[1]))


def _open(once: Sequence[Spot], rows: dict[Spot, Row], reader: ReadingContext, unfold: str) -> set[Spot]:
    """The newest, the unread, and what is asked for."""
    wanted = {once[-1], (reader.place.folder, reader.uid)}
    wanted.update(reader.unfolded.intersection(once))
    wanted.update([spot for spot in once if not rows[spot].seen][-AT_ONCE:])
    if unfold == EVERYTHING:
        wanted.update(once[-ALL_AT_ONCE:])
    if (asked := named_message(unfold)) and asked in once:
        wanted.add(asked)
    return wanted


def named_message(unfold: str) -> Spot | None:
    """The message that a page is asked to open."""
    folder, _dot, uid = unfold.partition(".")
    try:
        return MailboxId(folder), Uid(uid)
    except InvalidValueError:
        return None


def _after(rows: dict[Spot, Row], reader: ReadingContext) -> str:
    """Once the message of the address is gone from here: what is left of its exchange, else the list."""
    left = [uid for where, uid in rows if where == reader.place.folder and uid != reader.uid]
    return _url(reader.place, max(left)) if left else reader.place.url


def _to_answer(leaves: Sequence[ConversationMessage]) -> ConversationMessage:
    """The newest that somebody else wrote; one's own when nobody has answered."""
    others = [one for one in leaves if one.reading and one.face.kind != SELF]
    return (others or [one for one in leaves if one.reading])[-1]


def _in_words(count: int, rows: Iterable[Row]) -> str:
    people = {row.sender.address.lower() for row in rows if row.sender}
    messages = ngettext("%s message", "%s messages", count) % number_text(count)
    persons = ngettext("%s person", "%s people", len(people)) % number_text(len(people))
    return f"{messages}, {persons}"


def _url(place: ListQuery, uid: Uid) -> str:
    return f"{own_url('webmail:message', place.folder, uid)}{place.query}"


def _unfold_url(reader: ReadingContext, what: str) -> str:
    return f"{reader.here}{'&' if reader.place.query else '?'}{urlencode({'deplier': what})}"


def _fetch_url(reader: ReadingContext, spot: Spot) -> str:
    place: dict[str, str | int] = {"dans": reader.place.folder, "lu": reader.uid}
    return f"{own_url('webmail:unfolded', *spot)}?{urlencode(place)}{reader.place.query.replace('?', '&')}"
