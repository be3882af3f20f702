"""One account's mailbox while one request is served. Made by `Pool.session`; never kept after its `with` block."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from vaguemestre.mailbox.messages import Folder, Message, Page, Quota
from vaguemestre.mailbox.values import FolderName, MailboxId, PartPath, Uid


class Session:
    """Every method raises `MailboxUnavailable` when the server is away, and `NoSuchFolder` for an unknown id.

    `round_trips` counts exchanges with the server since the session began (tests of the screens look at it).
    """

    round_trips: int

    def folders(self) -> list[Folder]:
        """All folders with their counts, in one round trip. Roles first, then by name, children after their parent."""
        raise NotImplementedError

    def page(self, folder: MailboxId, *, before: Uid | None = None, count: int = 50) -> Page:
        """Rows in order of arrival, newest first; `before` is exclusive. One round trip on an open connection.

        `Page.unseen` is None here; `overview` gives it."""
        raise NotImplementedError

    def overview(
        self, folder: MailboxId | None = None, *, before: Uid | None = None, count: int = 50
    ) -> tuple[list[Folder], Page, Quota | None]:
        """All that the list's screen shows, in one round trip. Without a folder: the inbox."""
        raise NotImplementedError

    def message(self, folder: MailboxId, uid: Uid) -> Message:
        """One message without its parts' content; does not mark it as read. Raises `NoSuchMessage`."""
        raise NotImplementedError

    def neighbours(self, folder: MailboxId, uid: Uid) -> tuple[Uid | None, Uid | None]:
        """The newer and the older message beside this one."""
        raise NotImplementedError

    def body(self, folder: MailboxId, uid: Uid, part: PartPath, *, limit: int | None = None) -> bytes:
        """Decoded content of a part; with `limit`, at most about that many octets (the rest is not fetched).

        Raises `NoSuchMessage` also when the message has no such part. For text use `mailbox.text.decode`.
        """
        raise NotImplementedError

    def stream(self, folder: MailboxId, uid: Uid, part: PartPath) -> Iterator[bytes]:
        """Decoded content in pieces, for a download. All is fetched (to a file when large) before this returns, so the
        iterator may outlive the session."""
        raise NotImplementedError

    def source(self, folder: MailboxId, uid: Uid) -> Iterator[bytes]:
        """The whole message as stored, in pieces; like `stream`."""
        raise NotImplementedError

    def store(
        self, folder: MailboxId, uids: Sequence[Uid], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> None:
        """Flags on and off. Messages that are gone are passed over in silence."""
        raise NotImplementedError

    def move(self, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        """Old → new UID of what was moved (what was gone is not in it): `move` them back to undo."""
        raise NotImplementedError

    def copy(self, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        raise NotImplementedError

    def delete(self, folder: MailboxId, uids: Sequence[Uid]) -> None:
        """For good. Moving to the trash is `move`."""
        raise NotImplementedError

    def empty(self, folder: MailboxId) -> None:
        """Delete for good all that the folder holds; its child folders stay."""
        raise NotImplementedError

    def mark_all_seen(self, folder: MailboxId) -> None:
        raise NotImplementedError

    def append(
        self,
        folder: MailboxId,
        raw: bytes | BinaryIO,
        flags: Iterable[str] = (),
        date: datetime | None = None,
    ) -> Uid | None:
        """Store a message (CRLF lines). Raises `QuotaExceeded`. Never retried: after `MailboxUnavailable` look whether
        it is there before trying again (`find`)."""
        raise NotImplementedError

    def find(self, folder: MailboxId, message_id: str) -> Uid | None:
        """The newest message of the folder with this Message-ID."""
        raise NotImplementedError

    def quota(self) -> Quota | None:
        """None when the account has no limit."""
        raise NotImplementedError

    def by_role(self, role: str) -> Folder | None:
        """The folder of that role ("sent", "drafts", "trash"…), from what the connection already knows if it can."""
        raise NotImplementedError

    def create(self, name: FolderName) -> Folder:
        """Create and subscribe. Raises `FolderExists`."""
        raise NotImplementedError

    def rename(self, folder: MailboxId, to: FolderName) -> None:
        """Children follow. The id stays. Raises `FolderExists`."""
        raise NotImplementedError

    def remove(self, folder: MailboxId) -> None:
        """Delete the folder and its messages; its child folders stay. Folders with a role are refused by the server."""
        raise NotImplementedError

    def subscribe(self, folder: MailboxId, *, subscribed: bool = True) -> None:
        raise NotImplementedError
