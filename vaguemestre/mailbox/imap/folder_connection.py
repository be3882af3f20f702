"""The connection of one session: which folder is open, what a refusal means, and the one retry of a reading."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from vaguemestre.mailbox.errors import (
    FolderExistsError,
    MailboxRefusedError,
    NoSuchFolderError,
    NoSuchMessageError,
    QuotaExceededError,
)
from vaguemestre.mailbox.imap.account_cache import AccountCache
from vaguemestre.mailbox.imap.folder_list import LIST, LIST_OF_A_MEMBER, FolderList, KnownFolder, unseen_of
from vaguemestre.mailbox.imap.wire.commands import quote_string
from vaguemestre.mailbox.imap.wire.connection import Answer, Connection
from vaguemestre.mailbox.imap.wire.faults import ConnectionLostError
from vaguemestre.mailbox.imap.wire.parser import Status
from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.values import MailboxId, Uid

MEMBER = "_"  # in a user's name, between a shared mailbox and who reads it


class FolderMovedError(Exception):
    """The name that was remembered now means another folder, or none."""


@dataclass(frozen=True, slots=True)
class SelectedFolder:
    known: KnownFolder
    total: int
    uid_next: int


@dataclass(frozen=True, slots=True)
class OpenedFolder:
    """A connection ready for use. `listing`: the folders, when it was just opened (they come with the sign-in)."""

    connection: Connection
    listing: FolderList | None
    trips: int


class FolderConnection:
    """`aside`: another connection of the account while a block lasts, or None where one would have to wait for it."""

    def __init__(
        self, user: str, opened: OpenedFolder, memory: AccountCache, reopen: Callable[[], OpenedFolder],
        aside: Callable[[], AbstractContextManager[Connection | None]],
    ) -> None:  # fmt: skip
        self.user = user
        self.memory = memory
        self.aside = aside
        self.connection = opened.connection
        self.selected: SelectedFolder | None = None
        self.apart: dict[MailboxId, KnownFolder] = {}  # in no list: what this session was asked to look for by its name
        self.wrote = False  # this session has changed something: what is remembered of a page is not as it was
        self.said: FolderList | None = None  # read a moment ago, with nothing changed since: for one overview
        self._opened = opened
        self._reopen = reopen
        self._may_retry = True
        self._earlier_trips = -opened.connection.round_trips if opened.listing is None else 0

    @property
    def round_trips(self) -> int:
        return self._earlier_trips + self.connection.round_trips

    def reading[T](self, act: Callable[[], T]) -> T:
        """Do it again once when the connection turns out to be dead. Only for what changes nothing."""
        if self.connection.dead:  # it was given up, for want of an answer
            self._renew()
        try:
            return act()
        except ConnectionLostError:
            if not self._may_retry:
                raise
        self._may_retry = False
        self._renew()
        return act()

    def _renew(self) -> None:
        self._earlier_trips += self.connection.round_trips
        self._opened = self._reopen()
        self.connection, self.selected = self._opened.connection, None

    @contextmanager
    def patience(self, seconds: float | None) -> Iterator[None]:
        """No answer is waited for longer in here, where it is said. A connection that gave none is not used again."""
        connection, usual = self.connection, self.connection.endpoint
        if seconds is not None:
            connection.endpoint = usual.within(seconds)
        try:
            yield
        finally:
            connection.endpoint = usual

    def run(self, *commands: bytes) -> Answer:
        """All must be accepted."""
        answer = self.connection.round_trip(commands)
        for status in answer.statuses:
            require_ok(status)
        return answer

    def listing(self) -> FolderList | None:
        """The folders that came with a new connection, as long as nothing was said since."""
        return self._opened.listing if self.connection.round_trips == self._opened.trips else None

    def learn(self, answer: Answer) -> FolderList:
        return learn_folders(self.connection, self.memory, self.user, answer)

    def refresh(self) -> FolderList:
        return self.learn(self.run(*self.listing_afresh()))

    @property
    def list_commands(self) -> tuple[bytes, ...]:
        return list_commands(self.user)

    def listing_afresh(self) -> list[bytes]:
        """Of the folder that this session or an earlier one left open, the server would tell the counts of then."""
        closing = [b"UNSELECT"] if self.connection.folder_open else []
        self.selected, self.connection.folder_open = None, False
        return [*closing, *self.list_commands]

    def directory(self) -> FolderList:
        return self.memory.directory(self.user) or self.refresh()

    def remembered_row(self, folder: MailboxId, uid: Uid) -> Row | None:
        """Without its flags. From memory, as is the folder's UIDVALIDITY where that is there."""
        try:
            validity = self.directory().find(folder).validity
        except NoSuchFolderError:
            return None
        return self.memory.rows.get(folder, validity, uid)

    def in_folder[T](self, folder: MailboxId, act: Callable[[KnownFolder], T]) -> T:
        """Find the folder's present name; when the remembered one is out of date, ask and do it once more."""
        if folder in self.apart:
            return act(self.apart[folder])
        try:
            return act(self.directory().find(folder))
        except (FolderMovedError, NoSuchFolderError):
            self.selected = None
        try:
            return act(self.refresh().find(folder))
        except FolderMovedError:
            raise NoSuchFolderError(folder) from None

    def opening(self, known: KnownFolder) -> list[bytes]:
        """The command that opens the folder, or none when this session has it open."""
        return [] if self.selected is not None and self.selected.known.is_still(known) else [select_command(known)]

    def opened(self, known: KnownFolder, answer: Answer) -> SelectedFolder:
        """Check what was opened: the validity tells a folder from another that took its name."""
        self.connection.folder_open = answer.statuses[0].ok
        if answer.statuses[0].code == "NONEXISTENT" or answer.note("UIDVALIDITY") != str(known.validity):
            self.selected = None
            require_unless_missing(answer.statuses[0])
            raise FolderMovedError
        totals = answer.named("EXISTS")
        uid_next = answer.note("UIDNEXT") or ""
        self.selected = SelectedFolder(
            known, totals[0].number if totals else 0, int(uid_next) if uid_next.isdigit() else 1
        )
        return self.selected

    def ensure_open(self, known: KnownFolder) -> SelectedFolder:
        """Before a change: nothing is written to a folder that was not checked."""
        self.writes()
        if self.selected is not None and self.selected.known.is_still(known):
            return self.selected
        return self.opened(known, self.connection.round_trip([select_command(known)]))

    def writes(self) -> None:
        self.wrote, self.said = True, None

    def leave_folder(self) -> None:
        """Dovecot hangs up on who has open what is deleted. A refusal only means that none is open."""
        self.connection.round_trip([b"UNSELECT"])
        self.selected, self.connection.folder_open = None, False

    def read_in(self, known: KnownFolder, commands: Sequence[bytes]) -> Answer:
        """Open if need be and read, in one trip."""
        opening = self.opening(known)
        answer = self.connection.round_trip([*opening, *commands])
        if opening:
            self.opened(known, answer)
            del answer.statuses[0]
        return answer


def list_commands(user: str) -> tuple[bytes, ...]:
    """What asks for the folders; `learn_folders` reads the answer."""
    return LIST_OF_A_MEMBER if MEMBER in user else (LIST,)


def learn_folders(connection: Connection, memory: AccountCache, user: str, answer: Answer) -> FolderList:
    """One trip more for a member of a shared mailbox where a folder has changed."""
    directory = memory.listings.get(user, answer.fingerprint)
    if directory is None:
        directory, before = FolderList.read(answer.data), memory.directory(user)
        if MEMBER in user:
            unseen = unseen_of(answer.data)
            changed = [one.wire for one in directory.not_counted(before) if one.wire not in unseen]
            if asked := [b"STATUS %s (UNSEEN)" % quote_string(wire) for wire in changed]:
                unseen |= unseen_of(connection.round_trip(asked).data)
            directory = directory.counted(before, unseen)
    if answer.fingerprint:
        memory.listings.put(user, answer.fingerprint, directory)
    memory.learn_directory(user, directory)
    return directory


def select_command(known: KnownFolder) -> bytes:
    return b"SELECT " + quote_string(known.wire)


def require_ok(status: Status) -> None:
    if status.ok:
        return
    match status.code:
        case "NONEXISTENT" | "TRYCREATE":
            raise NoSuchFolderError(status.text)
        case "ALREADYEXISTS":
            raise FolderExistsError(status.text)
        case "OVERQUOTA":
            raise QuotaExceededError(status.text)
        case "EXPUNGED" | "EXPUNGEISSUED":
            raise NoSuchMessageError(status.text)
        case _:
            raise MailboxRefusedError(status.code or ("CLIENTBUG" if status.kind == "BAD" else ""), status.text)


def require_unless_missing(status: Status) -> None:
    if status.code != "NONEXISTENT":
        require_ok(status)
