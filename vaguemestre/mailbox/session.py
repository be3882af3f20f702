"""One account's mailbox while one request is served. Made by `Pool.session`; never kept after its `with` block."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from vaguemestre.mailbox.directory import LIST, Known
from vaguemestre.mailbox.errors import MailboxRefused
from vaguemestre.mailbox.link import Link, Selected, require
from vaguemestre.mailbox.messages import Folder, Message, Page, Quota
from vaguemestre.mailbox.pages import Only, esearch, read_matching, read_page
from vaguemestre.mailbox.protocol.connection import Answer
from vaguemestre.mailbox.protocol.wire import Numbers, flag_list, quoted, uid_sets
from vaguemestre.mailbox.reading import mark_seen, read_message, read_part, read_source
from vaguemestre.mailbox.structure import at, octets
from vaguemestre.mailbox.values import SEPARATOR, FolderName, MailboxId, PartPath, Uid

_QUOTA = b"GETQUOTAROOT INBOX"
_FOUND = 100  # messages with one Message-ID that are told
_AT_ONCE = 65536  # octets of a message that is sent without asking first


class Session:
    """Every method raises `MailboxUnavailable` when the server is away, and `NoSuchFolder` for an unknown id.

    `round_trips` counts exchanges with the server since the session began (tests of the screens look at it). On a
    connection that had to be opened it begins with 2: the greeting, then sign-in together with the list of folders.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    @property
    def round_trips(self) -> int:
        return self._link.round_trips

    # Reading: tried again once when the connection turns out to be dead.

    def folders(self) -> list[Folder]:
        """All folders with their counts, in one round trip. Roles first, then by name, children after their parent."""
        link = self._link
        return link.reading(lambda: (link.listing() or link.refresh()).folders)

    def page(self, folder: MailboxId, *, before: Uid | None = None, count: int = 50, only: Only | None = None) -> Page:
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
        only: Only | None = None,
    ) -> tuple[list[Folder], Page, Quota | None]:
        """All that the list's screen shows, in one round trip. Without a folder: the inbox."""
        link = self._link
        opened = link.reading(lambda: folder or self._inbox())
        listing = link.listing()
        page, answer = self._page(opened, before, count, only, (_QUOTA,) if listing else (_QUOTA, LIST))
        folders = (listing or link.learn(answer)).folders
        unseen = next((one.unseen for one in folders if one.id == opened), None)
        return folders, replace(page, unseen=unseen), _quota(answer)

    def message(self, folder: MailboxId, uid: Uid) -> Message:
        """One message without its parts' content; does not mark it as read. Raises `NoSuchMessage`."""
        return self._in(folder, lambda known: read_message(self._link, known, uid))[0]

    def open(self, folder: MailboxId, uid: Uid) -> tuple[Message, list[Folder]]:
        """`message`, marked as read, and the folders with their counts after that: one trip, two if it was unread."""
        link = self._link
        message, answer = self._in(folder, lambda known: read_message(link, known, uid, listing=True))
        folders = link.learn(answer).folders
        if not message.row.seen:
            folders = [replace(one, unseen=max(0, one.unseen - 1)) if one.id == folder else one for one in folders]
        return mark_seen(link, message), folders

    def body(self, folder: MailboxId, uid: Uid, part: PartPath, *, limit: int | None = None) -> bytes:
        """Decoded content of a part; with `limit`, at most that many octets (little more is fetched).

        Raises `NoSuchMessage` also when the message has no such part. For text use `mailbox.text.decode`.
        """
        content = b"".join(self._in(folder, lambda known: read_part(self._link, known, uid, part, limit=limit)))
        return content[:limit]

    def stream(self, folder: MailboxId, uid: Uid, part: PartPath) -> Iterator[bytes]:
        """Decoded content in pieces, for a download. All is fetched (to a file when large) before this returns, so the
        iterator may outlive the session."""
        return self._in(folder, lambda known: read_part(self._link, known, uid, part))

    def source(self, folder: MailboxId, uid: Uid) -> Iterator[bytes]:
        """The whole message as stored, in pieces; like `stream`."""
        return self._in(folder, lambda known: read_source(self._link, known, uid))

    def find(self, folder: MailboxId, message_id: str) -> list[Uid]:
        """Messages of the folder with this Message-ID, oldest first."""
        search = b"UID SEARCH RETURN (ALL) HEADER Message-ID " + quoted(message_id.encode("utf-8"))

        def look(known: Known) -> list[Uid]:
            answer = self._link.read_in(known, [search])
            require(answer.statuses[-1])
            numbers = Numbers.read(esearch(answer).get("ALL", ""))
            return [Uid(number) for number in numbers.part(len(numbers) - _FOUND, len(numbers))]

        return self._in(folder, look)

    def quota(self) -> Quota | None:
        """None when the account has no limit."""
        return self._link.reading(lambda: _quota(self._link.run(_QUOTA)))

    def by_role(self, role: str) -> Folder | None:
        """The folder of that role ("sent", "drafts", "trash"…), from memory when it is there: counts may be old."""
        return self._link.reading(lambda: self._link.directory().by_role(role))

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

    def mark_all_seen(self, folder: MailboxId) -> None:
        selected = self._open(folder)
        if selected.total:
            self._link.run(b"UID STORE 1:%d +FLAGS.SILENT (\\Seen)" % max(1, selected.uid_next - 1))

    def move(self, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        """Old → new UID of what was moved (what was gone is not in it): `move` them back to undo."""
        return self._transfer(b"MOVE", folder, uids, to)

    def copy(self, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        return self._transfer(b"COPY", folder, uids, to)

    def delete(self, folder: MailboxId, uids: Sequence[Uid]) -> None:
        """For good. Moving to the trash is `move`."""
        for uid_set in uid_sets(uids):
            self._change(folder, [b"UID STORE %s +FLAGS.SILENT (\\Deleted)" % uid_set, b"UID EXPUNGE %s" % uid_set])

    def empty(self, folder: MailboxId) -> None:
        """Delete for good all that the folder holds; its child folders stay."""
        selected = self._open(folder)
        if selected.total:
            # What arrives meanwhile is not included.
            all_of_it = b"1:%d" % max(1, selected.uid_next - 1)
            self._link.run(b"UID STORE %s +FLAGS.SILENT (\\Deleted)" % all_of_it, b"UID EXPUNGE %s" % all_of_it)

    def append(
        self,
        folder: MailboxId,
        raw: bytes | BinaryIO,
        flags: Iterable[str] = (),
        date: datetime | None = None,
    ) -> Uid | None:
        """Store a message (CRLF lines). Raises `QuotaExceeded`. Never retried: after `MailboxUnavailable` look whether
        it is there before trying again (`find`)."""
        when = b' "%s"' % date.strftime("%d-%b-%Y %H:%M:%S %z").encode("ascii") if date else b""
        known = self._in(folder, lambda known: known)
        command = b"APPEND %s %s%s" % (quoted(known.wire), flag_list(flags), when)
        file = BytesIO(raw) if isinstance(raw, bytes) else raw
        size = file.seek(0, 2)
        file.seek(0)
        if size <= _AT_ONCE:
            answer = self._link.connection.exchange([b"%s {%d+}\r\n%s" % (command, size, file.read())])
        else:
            answer = self._link.connection.append(command, file, size)
        require(answer.statuses[0])
        _, _, uid = (answer.note("APPENDUID") or "").partition(" ")
        return Uid(uid) if uid.isdigit() else None

    def create(self, name: FolderName) -> Folder:
        """Create and subscribe. Raises `FolderExists`."""
        self._link.reading(self._link.directory)
        self._link.run(b"CREATE " + quoted(name.wire))
        self._link.run(b"SUBSCRIBE " + quoted(name.wire))
        folder = self._link.refresh().named(name)
        if folder is None:
            raise MailboxRefused("", "created but not listed")
        return folder

    def rename(self, folder: MailboxId, to: FolderName) -> None:
        """Children follow. The id stays. Raises `FolderExists`; folders with a role keep their name."""
        known = self._ordinary(folder)
        self._link.run(b"RENAME %s %s" % (quoted(known.wire), quoted(to.wire)))
        self._follow(known.wire, to.wire)

    def remove(self, folder: MailboxId) -> None:
        """Delete the folder and its messages; its child folders stay, and folders with a role too."""
        known = self._ordinary(folder)
        self._link.leave_folder()
        self._link.run(b"UNSUBSCRIBE " + quoted(known.wire), b"DELETE " + quoted(known.wire))
        self._link.refresh()

    def subscribe(self, folder: MailboxId, *, subscribed: bool = True) -> None:
        known = self._in(folder, lambda known: known)
        self._link.run((b"SUBSCRIBE " if subscribed else b"UNSUBSCRIBE ") + quoted(known.wire))

    def _in[T](self, folder: MailboxId, act: Callable[[Known], T]) -> T:
        return self._link.reading(lambda: self._link.in_folder(folder, act))

    def _page(
        self, folder: MailboxId, before: Uid | None, count: int, only: Only | None, beside: tuple[bytes, ...]
    ) -> tuple[Page, Answer]:
        def read(known: Known) -> tuple[Page, Answer]:
            if only is not None:
                return read_matching(self._link, known, only=only, before=before, count=count, beside=beside)
            return read_page(self._link, known, before=before, count=count, beside=beside)

        return self._in(folder, read)

    def _inbox(self) -> MailboxId:
        inbox = self._link.directory().by_role("inbox")
        if inbox is None or inbox.id is None:
            raise MailboxRefused("", "no inbox")
        return inbox.id

    def _open(self, folder: MailboxId) -> Selected:
        return self._in(folder, self._link.ensure_open)

    def _change(self, folder: MailboxId, commands: Sequence[bytes]) -> None:
        if commands:
            self._open(folder)
            self._link.run(*commands)

    def _transfer(self, verb: bytes, folder: MailboxId, uids: Sequence[Uid], to: MailboxId) -> dict[Uid, Uid]:
        target = self._in(to, lambda known: known)
        self._open(folder)
        moved: dict[Uid, Uid] = {}
        for uid_set in uid_sets(uids):
            answer = self._link.run(b"UID %s %s %s" % (verb, uid_set, quoted(target.wire)))
            _, _, pairs = (answer.note("COPYUID") or "").partition(" ")
            old, _, new = pairs.partition(" ")
            pairs_of_numbers = zip(range(len(uids)), Numbers.read(old), Numbers.read(new), strict=False)
            moved |= {Uid(before): Uid(after) for _, before, after in pairs_of_numbers}
        return moved

    def _ordinary(self, folder: MailboxId) -> Known:
        known = self._in(folder, lambda known: known)
        if known.folder.role is not None:
            raise MailboxRefused("NOPERM", "a folder with a role is neither renamed nor removed")
        return known

    def _follow(self, old: bytes, new: bytes) -> None:
        """Subscriptions are by name: the server leaves them behind when a folder is renamed."""
        self._link.selected = None
        before = self._link.memory.directory(self._link.user)
        wires = [entry.wire for entry in before.known if entry.folder.subscribed] if before else []
        for wire in wires:
            if wire == old or wire.startswith(old + SEPARATOR.encode()):
                self._link.run(b"UNSUBSCRIBE " + quoted(wire), b"SUBSCRIBE " + quoted(new + wire[len(old) :]))
        self._link.refresh()


def _quota(answer: Answer) -> Quota | None:
    """Sizes travel in units of 1024 octets."""
    for data in answer.named("QUOTA"):
        resources = at(data.values, 1)
        words = [octets(value) for value in resources] if isinstance(resources, list) else []
        for name, used, limit in zip(words[::3], words[1::3], words[2::3], strict=False):
            if name.upper() == b"STORAGE" and used.isdigit() and limit.isdigit():
                return Quota(int(used) * 1024, int(limit) * 1024)
    return None
