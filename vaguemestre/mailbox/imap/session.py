"""One account's mailbox while one request is served. Made by `Pool.session`; never kept after its `with` block."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap import list_filters
from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, SelectedFolder
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.folders import folder_tree
from vaguemestre.mailbox.imap.folders.folder_sizes import LargeMessage, fetch_largest, fetch_sizes, parse_quota
from vaguemestre.mailbox.imap.list_filters import NEWEST, HasKeyword, ListFilter, SortOrder, State
from vaguemestre.mailbox.imap.lists import conversation_pages
from vaguemestre.mailbox.imap.lists.conversation_pages import Neighbours
from vaguemestre.mailbox.imap.lists.folder_pages import read_matching, read_page, read_sorted
from vaguemestre.mailbox.imap.lists.index_update import APART
from vaguemestre.mailbox.imap.messages import attachment_keyword, expunged_messages, keywords
from vaguemestre.mailbox.imap.messages.append import MessageToAppend, Raw, append_message, append_messages
from vaguemestre.mailbox.imap.messages.attachment_removal import without_attachments
from vaguemestre.mailbox.imap.messages.expunged_messages import ExpungedMessage
from vaguemestre.mailbox.imap.messages.fetch import mark_seen, read_message, read_part, read_source
from vaguemestre.mailbox.imap.messages.fingerprints import fetch_fingerprints
from vaguemestre.mailbox.imap.messages.signed_content import with_signed_content
from vaguemestre.mailbox.imap.query.search_query import Query, SearchLimit
from vaguemestre.mailbox.imap.search import known_senders, search_results, whole_results
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.imap.wire.commands import UidNumbers, flag_list, quote_string, uid_sets
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.messages import Folder, Message, Page, Part, Quota, Row
from vaguemestre.mailbox.values import Flag, FolderName, MailboxId, PartPath, Uid

_QUOTA = b"GETQUOTAROOT INBOX"
ONE_BY_ONE = APART | {"later"}


class Session:
    """Every method raises `MailboxUnavailableError` when the server is away, and `NoSuchFolderError` for an unknown id.

    `round_trips` counts exchanges with the server since the session began (tests of the screens look at it). On a
    connection that had to be opened it begins with 2: the greeting, then sign-in together with the list of folders.
    """

    def __init__(self, link: FolderConnection) -> None:
        self._link = link

    @property
    def round_trips(self) -> int:
        return self._link.round_trips

    @property
    def server_name(self) -> str:
        """What the server's log calls the connection."""
        return self._link.connection.session_name

    # Reading: tried again once when the connection turns out to be dead.

    def folders(self) -> list[Folder]:
        """All folders with their counts, in one round trip. Roles first, then by name, children after their parent."""
        link = self._link
        return link.reading(lambda: (link.listing() or link.refresh()).folders)

    def page(
        self, folder: MailboxId, *, before: Uid | None = None, count: int = 50, only: ListFilter | None = None
    ) -> Page:
        """Rows in order of arrival, newest first; `before` is exclusive. One round trip on an open connection.

        With `only`, two: the unread or the starred messages, and `folder_total` is their number. `Page.unseen` is None
        here; `overview` gives it.
        """
        return self._page(folder, before, count, only, ())[0]

    def overview(
        self,
        folder: MailboxId | None = None,
        *,
        before: Uid | None = None,
        count: int = 50,
        only: ListFilter | None = None,
        order: SortOrder | None = None,
        start: int = 0,
    ) -> tuple[list[Folder], Page, Quota | None]:
        """All that the list's screen shows, in one round trip. Without a folder: the inbox.

        With `order`, two: the page begins after `start` rows, and `before` means nothing."""
        link = self._link
        opened = link.reading(lambda: folder or self._inbox())
        listing = link.listing()
        beside = (_QUOTA,) if listing else (_QUOTA, *link.list_commands)
        page, answer = self._page(opened, before, count, only, beside, order, start)
        folders = (listing or link.learn(answer)).folders
        unseen = next((one.unseen for one in folders if one.id == opened), None)
        return folders, replace(page, unseen=unseen), parse_quota(answer)

    def exchanges(
        self, folder: MailboxId, *, before: Uid | None = None, count: int = 50, only: ListFilter | None = None,
        at_once: bool = False, singly: bool = False,
    ) -> tuple[list[Folder], ConversationPage, Quota | None]:  # fmt: skip
        """`overview`, by exchanges (`singly`: by messages), as mail was received: one round trip when nothing came or
        left since the last look; `at_once` after another one, none at all."""
        read = partial(
            conversation_pages.fetch_overview, self._link, before=before, count=count, only=only, beside=(_QUOTA,)
        )
        directory, found, answer = self._in(folder, partial(read, at_once=at_once, singly=singly))
        return directory.folders, found, parse_quota(answer)

    def has_exchanges(self, folder: MailboxId) -> bool:
        """From memory. Not where drafts and junk lie, nor where each message waits for its own hour; nor as long as
        most of the mailbox is not indexed."""
        return self._in(folder, lambda known: known.folder.role not in ONE_BY_ONE) and self.is_indexed()

    def is_indexed(self) -> bool:
        """Whether it is known of most messages to which exchange they belong; else `extend_index`, elsewhere."""
        return conversation_pages.is_indexed(self._link)

    def extend_index(self, seconds: float) -> bool:
        """Find the exchanges of what is not known yet; true when all is. No second folder is begun after so long."""
        return self._link.reading(lambda: conversation_pages.extend_index(self._link, seconds))

    def together(self, folder: MailboxId, uid: Uid) -> list[Spot]:
        """Where the messages of one exchange are, as last known."""
        return self._in(folder, lambda _known: conversation_pages.fetch_conversation(self._link, folder, uid))

    def rows(self, spots: Sequence[Spot]) -> dict[Spot, Row]:
        """With their flags, wherever they lie; what is gone is not in it."""
        return self._link.reading(lambda: conversation_pages.fetch_rows_of(self._link, spots))

    def remembered_row(self, folder: MailboxId, uid: Uid) -> Row | None:
        """Without its flags, if it was in a list lately; the server is not asked for it."""
        return self._link.reading(lambda: self._link.remembered_row(folder, uid))

    def neighbours(self, folder: MailboxId, uid: Uid, *, singly: bool = False) -> Neighbours:
        """The place of its exchange in the list, how many there are, the newer and the older one; as last known."""
        return conversation_pages.fetch_neighbours(self._link, folder, uid, singly=singly)

    def latest_arrival(self, folders: Iterable[MailboxId]) -> datetime | None:
        """When the last message came into one of these, from memory; None where nobody knows."""
        second = conversation_pages.latest_arrival(self._link, folders)
        return datetime.fromtimestamp(second, UTC) if second else None

    def message(self, folder: MailboxId, uid: Uid) -> Message:
        """One message without its parts' content; does not mark it as read. Raises `NoSuchMessageError`. What came in a
        signed envelope stands as if it came without; that costs one trip more."""
        link = self._link
        return self._in(folder, lambda known: with_signed_content(link, known, read_message(link, known, uid)[0]))

    def open(self, folder: MailboxId, uid: Uid) -> tuple[Message, list[Folder]]:
        """`message`, marked as read, and the folders with their counts after that: one trip, two if it was unread."""
        link = self._link
        message, answer = self._in(folder, lambda known: read_message(link, known, uid, listing=True))
        message = self._in(folder, lambda known: with_signed_content(link, known, message))
        folders = link.learn(answer).folders
        if not message.row.seen:
            folders = [replace(one, unseen=max(0, one.unseen - 1)) if one.id == folder else one for one in folders]
        return mark_seen(link, message), folders

    def body(self, folder: MailboxId, uid: Uid, part: PartPath, *, limit: int | None = None) -> bytes:
        """Decoded content of a part; with `limit`, at most that many bytes (little more is fetched).

        Raises `NoSuchMessageError` also when the message has no such part. For text use `text_parts.decode_text`.
        """
        content = b"".join(self._in(folder, lambda known: read_part(self._link, known, uid, part, limit=limit)))
        return content[:limit]

    def stream(self, folder: MailboxId, uid: Uid, part: PartPath) -> Iterator[bytes]:
        """Decoded content in pieces, for a download. All is fetched (to a file when large) before this returns, so the
        iterator may outlive the session."""
        return self._in(folder, lambda known: read_part(self._link, known, uid, part))

    def source(self, folder: MailboxId, uid: Uid, *, limit: int | None = None) -> Iterator[bytes]:
        """The whole message as stored, or its first bytes, in pieces; like `stream`."""
        return self._in(folder, lambda known: read_source(self._link, known, uid, limit=limit))

    def find(self, folder: MailboxId, message_id: str) -> list[Uid]:
        """Messages of the folder with this Message-ID, oldest first."""
        return self._in(folder, lambda known: list_filters.find_by_message_id(self._link, known, message_id))

    def matching(
        self, folder: MailboxId, only: ListFilter | None = None, *, low: int = 1, below: int | None = None
    ) -> UidSet:
        """All that a filter names, from `low` up to but not including `below`. One trip; two for "awaiting"."""
        if only == "awaiting":
            waiting = self._in(folder, lambda known: conversation_pages.fetch_unanswered(self._link, known))
            return UidSet.of([uid for uid in waiting if low <= uid and (below is None or uid < below)])
        return self._in(folder, lambda known: list_filters.find_matching(self._link, known, only, low=low, below=below))

    def older(self, folder: MailboxId, before: date, *, starred: bool, below: int | None = None) -> UidSet:
        return self._in(
            folder, lambda known: list_filters.find_older(self._link, known, before, starred=starred, below=below)
        )

    def with_header(self, folder: MailboxId, name: str, text: str) -> UidSet:
        """Whose header field of that name holds the text somewhere."""
        return self._in(folder, lambda known: list_filters.find_with_header(self._link, known, name, text))

    def identities(self, folder: MailboxId, *, since: int = 1, below: int) -> dict[Uid, bytes]:
        """What tells each message from the others (`messages.fingerprints`), of those with these numbers."""
        return self._in(folder, lambda known: dict(fetch_fingerprints(self._link, known, since, below)))

    def among(self, folder: MailboxId, uids: UidSet, state: State | HasKeyword) -> UidSet:
        """Those of them that are there and in that state."""
        return self._in(folder, lambda known: list_filters.filter_uids(self._link, known, uids, state))

    def flags(self, folder: MailboxId, uids: Sequence[Uid]) -> dict[Uid, frozenset[str]]:
        """Of those that are still there."""
        return self._in(folder, lambda known: keywords.fetch_flags(self._link, known, uids))

    def keywords(self, folder: MailboxId) -> list[str]:
        """What this folder knows of keywords, its own and those of other programs."""
        return self._in(folder, lambda known: keywords.fetch_used_keywords(self._link, known))

    def judge_attachments(self, folder: MailboxId) -> int:
        """Has the server say of older mail whether it has a file, the newest first; answers how many are left."""
        return self._in(folder, lambda known: attachment_keyword.mark_newest(self._link, known))

    def has_unjudged(self) -> bool:
        """Is there older mail of which that was not said, in all folders but the bin and junk?"""
        return self._link.reading(lambda: attachment_keyword.has_unmarked(self._link))

    def bearing(self, keyword: Flag) -> dict[MailboxId, UidNumbers]:
        """The messages of the whole mailbox that bear a keyword. A folder that goes meanwhile is a
        `NoSuchFolderError`."""
        return self._link.reading(lambda: keywords.find_with_keyword(self._link, keyword))

    def search(
        self,
        query: Query,
        *,
        start: int = 0,
        count: int = 50,
        order: SortOrder = NEWEST,
        patience: float | None = None,
        whole: frozenset[MailboxId] | None = None,
    ) -> tuple[search_results.SearchResults, list[Folder], Quota | None]:
        """A page of what is found in all folders but the bin and junk, or in the one that is asked for; and what
        stands beside a list. Two trips of `patience` seconds, a third for excerpts. `whole`: as
        `search_results.search_folders`. Raises `NoSuchFolderError`; while the index is being made, `NoAnswer` or a
        refusal ("INUSE")."""
        where, beside = self._link, (_QUOTA,)
        look = partial(
            search_results.search_folders,
            where,
            query,
            start=start,
            count=count,
            order=order,
            beside=beside,
            whole=whole,
        )
        result, directory, answer = search_results.with_patience(where, look, patience)
        return result, directory.folders, parse_quota(answer)

    def all_found(self, query: Query, bound: SearchLimit) -> whole_results.Places:
        """Every message that a search finds, but what came since. Two trips, or three. Raises
        `UidValidityChangedError`."""
        return self._link.reading(lambda: whole_results.all_results(self._link, query, bound))

    def senders(self, addresses: Sequence[str], *, patience: float) -> list[str]:
        """Those of these addresses that a message is from, in all folders but the bin and junk. One trip, of so many
        seconds."""
        look = partial(known_senders.find_senders, self._link, addresses)
        return search_results.with_patience(self._link, look, patience)

    def borne(self) -> frozenset[str]:
        """Labels that some message bears, in all folders but the bin and junk."""
        return self._link.reading(lambda: search_results.used_keywords(self._link))

    def known_folders(self) -> list[Folder]:
        """From memory when they are there: one may be missing, counts may be old."""
        return self._link.reading(lambda: self._link.directory().folders)

    def present(self, folder: MailboxId, uids: Sequence[Uid] = (), *, since: Uid | None = None) -> list[Uid]:
        """Which of these messages are there, or all that came with number `since` or a higher one; oldest first."""
        wanted = [b"%d:*" % since] if since else list(uid_sets(uids))
        searches = [b"UID SEARCH RETURN (ALL) UID " + uid_set for uid_set in wanted]
        found = self._in(folder, lambda known: self._link.read_in(known, searches)) if searches else None
        numbers = [number for number in list_filters.parse_all(found) if number >= (since or 0)] if found else []
        return [Uid(number) for number in numbers]

    def quota(self) -> Quota | None:
        """None when the account has no limit."""
        return self._link.reading(lambda: parse_quota(self._link.run(_QUOTA)))

    def sizes(self) -> Mapping[MailboxId, int]:
        """Bytes of each folder. One round trip."""
        return self._link.reading(lambda: fetch_sizes(self._link))

    def heaviest(self, start: int, count: int) -> tuple[list[LargeMessage], int]:
        """The largest messages of all folders but bin and junk, and how many large ones there are."""
        return self._link.reading(lambda: fetch_largest(self._link, start, count))

    def without_attachments(
        self, folder: MailboxId, uid: Uid, note: Callable[[Sequence[Part]], str]
    ) -> tuple[Message, bytes] | None:
        """The message, and its bytes without what is attached; nothing is changed. None: nothing to take away."""
        return self._in(folder, lambda known: without_attachments(self._link, known, uid, note))

    def by_role(self, role: str) -> Folder | None:
        """The folder of that role ("sent", "drafts", "trash"…), from memory when it is there: counts may be old."""
        return self._link.reading(lambda: self._link.directory().by_role(role))

    def lies_in(self, folder: MailboxId, role: str) -> bool:
        """From memory, as `by_role`."""
        return self._in(folder, lambda known: self._link.directory().lies_in(known.folder, role))

    def recoverable_folder(self) -> Folder | None:
        """What was deleted for good and may be brought back: in no list. From here on this session knows its id as any
        other's. None: there never was anything."""
        known = self._link.reading(lambda: expunged_messages.find_folder(self._link))
        self._link.apart = {known.id: known} if known else {}
        return known.folder if known else None

    def lost(self, folder: MailboxId, start: int, count: int) -> list[ExpungedMessage]:
        """What is in it, the last deleted first."""
        return self._in(folder, lambda known: expunged_messages.fetch_expunged(self._link, known, start, count))

    # Changing: the folder is opened and checked first; the change itself is never tried twice.

    def store(
        self, folder: MailboxId, uids: Sequence[Uid], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> None:
        """Flags on and off. Messages that are gone are passed over in silence."""
        changes = [(sign, list(flags)) for sign, flags in ((b"+", add), (b"-", remove))]
        commands = [
            b"UID STORE %s %sFLAGS.SILENT %s" % (uid_set, sign, flag_list(flags))
            for sign, flags in changes
            if flags
            for uid_set in uid_sets(uids)
        ]
        self._change(folder, commands)

    def move(self, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        """Old → new UID of what was moved (what was gone is not in it): `move` them back to undo."""
        if marks := self._in(folder, lambda known: keywords.flags_on_move(self._link, known, to)):
            self.store(folder, uids, **marks)
        return self._transfer(b"MOVE", folder, uids, to)

    def copy(self, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        return self._transfer(b"COPY", folder, uids, to)

    def delete(self, folder: MailboxId, uids: Sequence[Uid]) -> None:
        """For good. Moving to the trash is `move`."""
        for uid_set in uid_sets(uids):
            self._open(folder)
            self._erase(uid_set)
        self._link.memory.threads(self._link.user).forget(folder, uids)

    def empty(self, folder: MailboxId, below: int | None = None) -> None:
        """Delete for good all that the folder holds, under the number `below`; its child folders stay."""
        selected = self._open(folder)
        # What arrives meanwhile is not included.
        last = min(selected.uid_next, below or selected.uid_next) - 1
        if selected.total and last > 0:
            self._erase(b"1:%d" % last)

    def append(
        self, folder: MailboxId, raw: Raw, flags: Iterable[str] = (), date: datetime | None = None
    ) -> Uid | None:
        """Store a message (CRLF lines). Raises `QuotaExceededError`. Never retried: after `MailboxUnavailableError`
        look whether it is there before trying again (`find`)."""
        return append_message(self._link, b"APPEND", self._in(folder, lambda known: known), raw, flags, date)

    def append_all(self, folder: MailboxId, messages: Sequence[MessageToAppend]) -> list[Uid]:
        """Store several (some hundred kilobytes) or none of them; otherwise as `append`. Their numbers in order."""
        return append_messages(self._link, self._in(folder, lambda known: known), messages)

    def replace(self, folder: MailboxId, uid: Uid, raw: Raw, flags: Iterable[str], date: datetime) -> Uid | None:
        """Store a message in the place of another, which is gone for good: a smaller one also in a full mailbox."""
        return append_message(self._link, b"UID REPLACE %d" % uid, self._open(folder).known, raw, flags, date)

    def create(self, name: FolderName) -> Folder:
        """Create and subscribe. Raises `FolderExistsError`."""
        self._link.reading(self._link.directory)
        self._link.run(b"CREATE " + quote_string(name.wire))
        # Opened once: until then Dovecot's list tells a folder of this name by the identity of one that bore it before.
        self._link.run(b"SUBSCRIBE " + quote_string(name.wire), b"SELECT " + quote_string(name.wire))
        self._link.leave_folder()
        folder = self._link.refresh().named(name)
        if folder is None:
            raise MailboxRefusedError("", "created but not listed")
        return folder

    def rename(self, folder: MailboxId | FolderName, to: FolderName) -> None:
        """Children follow. The id stays. Raises `FolderExistsError`; folders with a role keep their name.

        By name: a mere parent, which has no id."""
        folder_tree.rename_folder(self._link, folder, to)

    def remove(self, folder: MailboxId) -> None:
        """Delete the folder and its messages; its child folders stay, and folders with a role too."""
        folder_tree.delete_folder(self._link, folder)

    def remove_tree(self, folder: MailboxId | FolderName) -> None:
        """The folder, its messages and all that is below it, for good."""
        folder_tree.delete_folder(self._link, folder, whole=True)

    def subscribe(self, folder: MailboxId, *, subscribed: bool = True) -> None:
        known = self._in(folder, lambda known: known)
        self._link.run((b"SUBSCRIBE " if subscribed else b"UNSUBSCRIBE ") + quote_string(known.wire))

    def _in[T](self, folder: MailboxId, act: Callable[[KnownFolder], T]) -> T:
        return self._link.reading(lambda: self._link.in_folder(folder, act))

    def _page(
        self, folder: MailboxId, before: Uid | None, count: int, only: ListFilter | None, beside: tuple[bytes, ...],
        order: SortOrder | None = None, start: int = 0,
    ) -> tuple[Page, Answer]:  # fmt: skip
        def read(known: KnownFolder) -> tuple[Page, Answer]:
            if order is not None:
                return read_sorted(self._link, known, order, only=only, start=start, count=count, beside=beside)
            if only is not None:
                return read_matching(self._link, known, only=only, before=before, count=count, beside=beside)
            return read_page(self._link, known, before=before, count=count, beside=beside)

        return self._in(folder, read)

    def _inbox(self) -> MailboxId:
        inbox = self._link.directory().by_role("inbox")
        if inbox is None or inbox.id is None:
            raise MailboxRefusedError("", "no inbox")
        return inbox.id

    def _open(self, folder: MailboxId) -> SelectedFolder:
        return self._in(folder, self._link.ensure_open)

    def _erase(self, uid_set: bytes) -> None:
        """Two trips: sent together, Dovecot 2.4.1 now and then looks for what is to go before it sees its own marks."""
        self._link.run(b"UID STORE %s +FLAGS.SILENT (\\Deleted)" % uid_set)
        self._link.run(b"UID EXPUNGE %s" % uid_set)

    def _change(self, folder: MailboxId, commands: Sequence[bytes]) -> None:
        if commands:
            self._open(folder)
            self._link.run(*commands)

    def _transfer(self, verb: bytes, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        target = self._in(to, lambda known: known)
        self._open(folder)
        moved: dict[Uid, Uid] = {}
        for uid_set in uid_sets(uids):
            answer = self._link.run(b"UID %s %s %s" % (verb, uid_set, quote_string(target.wire)))
            _, _, pairs = (answer.note("COPYUID") or "").partition(" ")
            old, _, new = pairs.partition(" ")
            pairs_of_numbers = zip(range(len(uids)), UidNumbers.read(old), UidNumbers.read(new), strict=False)
            moved |= {Uid(before): Uid(after) for _, before, after in pairs_of_numbers}
        if verb == b"MOVE":
            self._link.memory.threads(self._link.user).forget(folder, moved)
        return moved
