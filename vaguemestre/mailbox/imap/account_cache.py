"""What a process remembers between requests: rows, names of folders, and where messages stood. Bounded; all of it may
be wrong or lost without harm, since every answer of the server is checked against it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from vaguemestre.mailbox.imap.conversations.conversation_index import ConversationIndex
from vaguemestre.mailbox.imap.conversations.index_file import IndexFile
from vaguemestre.mailbox.imap.conversations.kept_list import KeptList, ListFiles
from vaguemestre.mailbox.imap.conversations.reply_state import ReplyStateCache
from vaguemestre.mailbox.imap.fetch_rows import RowCache
from vaguemestre.mailbox.imap.folder_list import FolderList, KnownFolder
from vaguemestre.mailbox.imap.wire.answer_cache import AnswerCache
from vaguemestre.mailbox.values import MailboxId, Uid

LOOKS = 400  # lists of fifty rows
HITS = 20_000


@dataclass(frozen=True, slots=True)
class ReadingTrail:
    """A folder as last seen: `uids` by place (1 is the oldest message), for the pages that were looked at."""

    validity: int
    total: int
    uid_next: int
    uids: dict[int, Uid] = field(default_factory=dict)

    LIMIT = 3000

    def place_of(self, uid: Uid) -> int | None:
        return next((place for place, known in self.uids.items() if known == uid), None)

    def span(self, low: int, high: int) -> list[Uid]:
        """UIDs from place `high` down to `low`, as far as they are known without a hole."""
        found: list[Uid] = []
        for place in range(high, low - 1, -1):
            if place not in self.uids:
                break
            found.append(self.uids[place])
        return found

    def seeing(self, validity: int, total: int, uid_next: int, seen: dict[int, Uid]) -> "ReadingTrail":
        """The trail after a new look; old places are kept only when nothing contradicts them."""
        moved = total - self.total > uid_next - self.uid_next or total < self.total
        agrees = validity == self.validity and not moved and all(self.uids.get(k, v) == v for k, v in seen.items())
        kept = self.uids if agrees and len(self.uids) < self.LIMIT else {}
        return ReadingTrail(validity, total, uid_next, {**kept, **seen})


class AccountCache:
    def __init__(
        self, kept: IndexFile | None = None, list_files: ListFiles | None = None, *, users: int = 2000,
        folders: int = 5000, threaded: int = 1_000_000,
    ) -> None:  # fmt: skip
        self.rows = RowCache()
        self.turns = ReplyStateCache()
        self.lists: AnswerCache[KeptList] = AnswerCache(LOOKS)
        self.list_files = list_files
        self.listings: AnswerCache[FolderList] = AnswerCache(users)
        self.spots: AnswerCache[tuple[MailboxId, int, Uid]] = AnswerCache(
            HITS
        )  # where a message of all folders as one lies
        self.excerpts: AnswerCache[str] = AnswerCache(HITS)  # of a message, for the words that were looked for last
        self._kept = kept
        self._threaded = threaded  # messages whose exchange is known, of all accounts together
        self._threads: OrderedDict[str, ConversationIndex] = OrderedDict()
        self._users = users
        self._folders = folders
        self._directories: OrderedDict[str, FolderList] = OrderedDict()
        self._trails: OrderedDict[MailboxId, ReadingTrail] = OrderedDict()
        self._lock = Lock()

    def directory(self, user: str) -> FolderList | None:
        with self._lock:
            return self._directories.get(user)

    def learn_directory(self, user: str, directory: FolderList) -> None:
        with self._lock:
            self._directories[user] = directory
            self._directories.move_to_end(user)
            while len(self._directories) > self._users:
                self._directories.popitem(last=False)

    def trail(self, folder: MailboxId) -> ReadingTrail | None:
        with self._lock:
            return self._trails.get(folder)

    def learn_trail(self, folder: MailboxId, trail: ReadingTrail) -> None:
        with self._lock:
            self._trails[folder] = trail
            self._trails.move_to_end(folder)
            while len(self._trails) > self._folders:
                self._trails.popitem(last=False)

    def learn_places(self, known: KnownFolder, total: int, uid_next: int, seen: dict[int, Uid]) -> None:
        trail = self.trail(known.id) or ReadingTrail(known.validity, total, uid_next)
        self.learn_trail(known.id, trail.seeing(known.validity, total, uid_next, seen))

    def threads(self, user: str) -> ConversationIndex:
        with self._lock:
            found = self._threads.get(user)
        if found is None:  # the file is read without the lock
            found = self._kept.threads(user) if self._kept else ConversationIndex()
        with self._lock:
            found = self._threads.setdefault(user, found)
            self._threads.move_to_end(user)
            return found

    @property
    def keeps_threads(self) -> bool:
        """Whether another process finds what this one has learned."""
        return self._kept is not None

    def reload_threads(self, user: str) -> ConversationIndex:
        """Another process may have learned more."""
        found = self._kept.threads(user) if self._kept else ConversationIndex()
        with self._lock:
            known = self._threads.get(user)
            if known is None or len(found) > len(known):
                self._threads[user] = known = found
            return known

    def keep_threads(self, user: str, threads: ConversationIndex, *, at_once: bool = False) -> None:
        """After they have changed, under their lock."""
        if self._kept:
            self._kept.keep(user, threads, at_once=at_once)

    def drop_threads(self, user: str) -> None:
        with self._lock:
            self._threads.pop(user, None)

    def trim_threads(self, user: str) -> None:
        """After `user`'s have grown: those of whoever was away longest leave."""
        with self._lock:
            total = sum(map(len, self._threads.values()))
            while total > self._threaded and next(iter(self._threads)) != user:
                _user, oldest = self._threads.popitem(last=False)
                total -= len(oldest)
