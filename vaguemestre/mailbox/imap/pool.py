"""Open connections, per process and account. One `Pool` a process is enough; it is safe to share between threads."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxError, MailboxUnavailableError
from vaguemestre.mailbox.imap.account_cache import AccountCache
from vaguemestre.mailbox.imap.conversations.index_file import IndexFile
from vaguemestre.mailbox.imap.conversations.kept_list import ListFiles
from vaguemestre.mailbox.imap.folder_connection import (
    MEMBER,
    FolderConnection,
    OpenedFolder,
    learn_folders,
    list_commands,
    require_ok,
)
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.wire.connection import Connection


class Pool:
    """`token` gives a fresh token for a user; it is called only when a connection must be opened. `kept` and
    `list_files`: where what is remembered of exchanges, and of the inbox, outlives the process. A user may be a mailbox
    and its reader, `b0000001_a0000002`: signed in as the mailbox, and nothing that one reader sees is another's.

    `total`: few are kept, for each has a process of Dovecot's to itself, and who comes next is served by the one that
    was given up."""

    IDLE = 60.0  # seconds after which an unused connection is closed
    PATIENCE = 5.0  # seconds to wait for a connection when all that are allowed are in use
    # Who else waits for an account of which none came back for so long is told at once: its server hangs, and each who
    # waits holds a thread of all.
    WAITING, HANGING = 2, 2.0

    def __init__(
        self, endpoint: Endpoint, token: Callable[[str], str], *, kept: IndexFile | None = None,
        list_files: ListFiles | None = None, per_user: int = 3, total: int = 32,
    ) -> None:  # fmt: skip
        self.endpoint = endpoint
        self.memory = AccountCache(kept, list_files)
        self._token = token
        self._per_user = per_user
        self._total = total
        self._idle: dict[str, list[Connection]] = {}
        self._open: dict[str, int] = {}  # idle and in use together
        self._waiting: Counter[str] = Counter()
        self._moved: dict[str, float] = {}  # when a connection of that account was last given or given back
        self._changed = Condition()
        self._reaper: Thread | None = None

    @contextmanager
    def session(self, user: str, *, remote: str | None = None, patience: float | None = None) -> Iterator[Session]:
        """`remote`: the person's own address, told to the server at sign-in for its log and its throttling. `patience`:
        seconds that a connection, and then each answer, is waited for; else the usual."""
        endpoint = self.endpoint if patience is None else self.endpoint.within(patience)

        def open_new() -> OpenedFolder:
            return self._sign_in(endpoint, user, remote)

        opened = self._acquire(user, open_new, self.PATIENCE if patience is None else patience)
        opened.connection.endpoint = endpoint
        link = FolderConnection(user, opened, self.memory, open_new, lambda: self._aside(user, open_new))
        try:
            yield Session(link)
        finally:
            if MEMBER in user and link.listing():  # of a box nothing but its counts was asked
                link.connection.close()
            self._release(user, link.connection)

    @contextmanager
    def _aside(self, user: str, open_new: Callable[[], OpenedFolder]) -> Iterator[Connection | None]:
        """What fails inside leaves answers unread: the connection is closed."""
        try:
            connection = self._acquire(user, open_new, 0).connection
        except MailboxError:
            yield None
            return
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        finally:
            self._release(user, connection)

    def forget(self, user: str) -> None:
        """Close the idle connections of one account (sign-out)."""
        with self._changed:
            for connection in self._idle.pop(user, []):
                self._drop(user, connection)

    def close(self) -> None:
        for user in list(self._idle):
            self.forget(user)

    def _acquire(self, user: str, open_new: Callable[[], OpenedFolder], patience: float) -> OpenedFolder:
        with self._changed:
            if not self._wait_for_room(user, patience):
                raise MailboxUnavailableError("all connections are in use")
            self._moved[user] = time.monotonic()
            while waiting := self._idle.get(user):
                connection = waiting.pop()
                if connection.is_quiet():
                    return OpenedFolder(connection, None, connection.round_trips)
                self._drop(user, connection)
            self._open[user] = self._open.get(user, 0) + 1
        try:
            return open_new()
        except BaseException:
            self._leave(user)
            raise

    def _wait_for_room(self, user: str, patience: float) -> bool:
        hangs = self._moved.get(user, 0) < time.monotonic() - self.HANGING
        if hangs and self._waiting[user] >= self.WAITING:
            return False
        self._waiting[user] += 1
        try:
            return bool(self._changed.wait_for(lambda: self._idle.get(user) or self._room(user), patience))
        finally:
            self._waiting[user] -= 1
            if not self._waiting[user]:
                del self._waiting[user]

    def _sign_in(self, endpoint: Endpoint, user: str, remote: str | None) -> OpenedFolder:
        name, then = user.partition(MEMBER)[0], list_commands(user)
        connection, answer = Connection.sign_in(endpoint, name, self._token(user), remote=remote, then=then)
        require_ok(answer.statuses[0])
        directory = learn_folders(connection, self.memory, user, answer)
        return OpenedFolder(connection, directory, connection.round_trips)

    def _release(self, user: str, connection: Connection) -> None:
        if connection.dead:
            self._leave(user)
            return
        connection.endpoint = self.endpoint
        with self._changed:
            connection.idle_since = self._moved[user] = time.monotonic()
            self._idle.setdefault(user, []).append(connection)
            self._changed.notify_all()
            if self._reaper is None:
                self._reaper = Thread(target=self._reap, name="imap-pool", daemon=True)
                self._reaper.start()

    def _leave(self, user: str) -> None:
        with self._changed:
            self._count_out(user)

    def _room(self, user: str) -> bool:
        """May one more be opened? When the process is full, the connection that lay idle longest gives way: one of the
        same reader before any other."""
        if self._open.get(user, 0) >= self._per_user:
            return False
        if sum(self._open.values()) < self._total:
            return True
        reader = _reader(user)
        oldest = min(
            (
                (_reader(owner) != reader, one.idle_since, owner)
                for owner, waiting in self._idle.items()
                for one in waiting[:1]
            ),
            default=None,
        )
        if oldest is None:
            return False
        owner = oldest[-1]
        self._drop(owner, self._idle[owner].pop(0))
        return True

    def _drop(self, user: str, connection: Connection) -> None:
        connection.close()
        self._count_out(user)

    def _count_out(self, user: str) -> None:
        left = self._open.get(user, 0) - 1
        if left > 0:
            self._open[user] = left
        else:
            for known in (self._open, self._idle, self._moved):
                known.pop(user, None)
        self._changed.notify_all()

    def _reap(self) -> None:
        """Closes what lay idle too long; ends when nothing is left to watch."""
        while self._close_idle():
            time.sleep(self.IDLE / 4)

    def _close_idle(self) -> bool:
        """Whether anything is left to watch."""
        with self._changed:
            limit = time.monotonic() - self.IDLE
            for user, waiting in list(self._idle.items()):
                while waiting and waiting[0].idle_since <= limit:
                    self._drop(user, waiting.pop(0))
                if not waiting:
                    self._idle.pop(user, None)
            if not self._idle:
                self._reaper = None
            return bool(self._idle)


def _reader(user: str) -> str:
    return user.rpartition(MEMBER)[2]
