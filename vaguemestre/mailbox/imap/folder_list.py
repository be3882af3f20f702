"""The folders of one account as LIST and STATUS tell them, and which identity has which name on the wire."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.body_structure import string_octets
from vaguemestre.mailbox.imap.wire.parser import Data, Value
from vaguemestre.mailbox.messages import Folder, Role
from vaguemestre.mailbox.values import SEPARATOR, FolderName, InvalidValueError, MailboxId

# The identity of a folder is Dovecot's GUID of it: it outlives renaming, and a new folder of the same name has another.
LIST = b'LIST "" "*" RETURN (SPECIAL-USE SUBSCRIBED STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY X-GUID HIGHESTMODSEQ))'
# Where each reader has marks of what was read of their own, UNSEEN opens each folder (Dovecot's list of folders has the
# numbers of nobody): it is asked for apart, of those that have changed; of the inbox, which changes most, at once.
LIST_OF_A_MEMBER = LIST.replace(b" UNSEEN", b""), b"STATUS INBOX (UNSEEN)"
_ROLES: dict[str, Role] = {
    "\\DRAFTS": "drafts", "\\SENT": "sent", "\\ARCHIVE": "archive", "\\JUNK": "junk", "\\TRASH": "trash",
}  # fmt: skip
# By its name: Dovecot 2.4 warns at each sign-in of a use it does not know, and `\\Snoozed` is newer than it.
LATER = FolderName("Plus tard")
RECEIPTS = FolderName("Accusés de lecture")  # filed there at delivery: engine/dovecot/sieve/reports.sieve
_BY_NAME: dict[bytes, Role] = {LATER.wire: "later", RECEIPTS.wire: "receipts"}
_ORDER: dict[Role | None, int] = {
    "inbox": 0, "drafts": 1, "sent": 2, "later": 3, "archive": 4, "receipts": 5, "junk": 6, "trash": 7, None: 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownFolder:
    """`wire` is the name exactly as the server wrote it: what another program made may not survive re-encoding.
    `modseq` (RFC 7162): as long as it is the same, so are all messages and their flags."""

    folder: Folder
    wire: bytes
    modseq: bytes = b""

    @property
    def id(self) -> MailboxId:
        if self.folder.id is None:
            raise NoSuchFolderError(self.folder.name)
        return self.folder.id

    @property
    def validity(self) -> int:
        return self.folder.uid_validity

    @property
    def stamp(self) -> tuple[object, ...]:
        """Equal as long as nothing in it has changed, under the same name."""
        return self.wire, self.folder.id, self.validity, self.modseq

    def is_still(self, other: "KnownFolder") -> bool:
        """The same folder under the same name; counts may differ."""
        return (self.folder.id, self.validity, self.wire) == (other.folder.id, other.validity, other.wire)


class FolderList:
    def __init__(self, known: Iterable[KnownFolder]) -> None:
        entries = list(known)
        roles: dict[FolderName, Role | None] = {e.folder.name: e.folder.role for e in entries if e.folder.role}
        self.known = sorted(entries, key=lambda entry: _place(entry.folder.name, roles))
        self.folders = [entry.folder for entry in self.known]
        self._by_id = {entry.folder.id: entry for entry in self.known if entry.folder.id}

    @classmethod
    def read(cls, data: Iterable[Data]) -> "FolderList":
        listed: dict[bytes, frozenset[str]] = {}
        statuses: dict[bytes, tuple[tuple[str, bytes], ...]] = {}
        for response in data:
            values = response.values
            if response.name == "LIST" and len(values) >= 3:
                listed[string_octets(values[2])] = frozenset(_word(flag) for flag in _list(values[0]))
            elif response.name == "STATUS" and len(values) >= 2:
                wire = string_octets(values[0])
                statuses[wire] = statuses.get(wire, ()) + _counts(values)
        return cls(_known(wire, flags, statuses.get(wire, ())) for wire, flags in listed.items())

    def not_counted(self, before: "FolderList | None") -> list[KnownFolder]:
        """Those that have changed since: of the others the number of unread messages is that of then. One's own marks
        change a folder too (HIGHESTMODSEQ)."""
        stood = {entry.stamp for entry in before.known} if before else set()
        return [entry for entry in self.known if entry.folder.id and entry.stamp not in stood]

    def counted(self, before: "FolderList | None", unseen: Mapping[bytes, int]) -> "FolderList":
        """With the numbers of unread messages: by name on the wire, else those of before."""
        numbers = {**({entry.wire: entry.folder.unseen for entry in before.known} if before else {}), **unseen}
        return FolderList(
            replace(entry, folder=replace(entry.folder, unseen=numbers.get(entry.wire, 0))) for entry in self.known
        )

    def find(self, folder: MailboxId) -> KnownFolder:
        try:
            return self._by_id[folder]
        except KeyError:
            raise NoSuchFolderError(folder) from None

    def called(self, name: FolderName) -> KnownFolder:
        """By name: for a mere parent, which has no identity."""
        found = next((entry for entry in self.known if entry.folder.name == name), None)
        if found is None:
            raise NoSuchFolderError(name)
        return found

    def by_role(self, role: str) -> Folder | None:
        return next((folder for folder in self.folders if folder.role == role), None)

    def lies_in(self, folder: Folder, role: str) -> bool:
        """The folder of that role, or one below it, however deep."""
        above = [one.name for one in self.folders if one.role == role]
        return any(folder.name == name or folder.name.startswith(f"{name}{SEPARATOR}") for name in above)

    def named(self, name: FolderName) -> Folder | None:
        return next((folder for folder in self.folders if folder.name == name), None)


def known_folder(wire: bytes, status: Sequence[Value]) -> KnownFolder:
    """A folder in no list, by what STATUS says of it."""
    return _known(wire, frozenset(), _counts(status))


def unseen_of(data: Iterable[Data]) -> dict[bytes, int]:
    """By name on the wire, from answers to STATUS."""
    told = [(one.values[0], dict(_counts(one.values)).get("UNSEEN", b"")) for one in data if one.name == "STATUS"]
    return {string_octets(wire): int(count) for wire, count in told if count.isdigit()}


def _counts(status: Sequence[Value]) -> tuple[tuple[str, bytes], ...]:
    pairs = _list(status[1]) if len(status) > 1 else []
    return tuple((_word(name), string_octets(value)) for name, value in zip(pairs[::2], pairs[1::2], strict=False))


def _word(value: Value) -> str:
    return string_octets(value).decode("ascii", "replace").upper()


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


@lru_cache(maxsize=4096)
def _known(wire: bytes, flags: frozenset[str], counts: tuple[tuple[str, bytes], ...]) -> KnownFolder:
    return KnownFolder(_folder(wire, flags, counts), wire, dict(counts).get("HIGHESTMODSEQ", b""))


def _folder(wire: bytes, flags: frozenset[str], counts: tuple[tuple[str, bytes], ...]) -> Folder:
    status = dict(counts)

    def number(name: str) -> int:
        text = status.get(name, b"")
        return int(text) if text.isdigit() else 0

    try:
        identity = MailboxId(status.get("X-GUID", b"").decode("ascii", "replace").lower())
    except InvalidValueError:
        identity = None
    selectable = identity is not None and not flags & {"\\NOSELECT", "\\NONEXISTENT"}
    special = next((_ROLES[flag] for flag in sorted(flags) if flag in _ROLES), None)
    return Folder(
        id=identity if selectable else None,
        name=FolderName.from_wire(wire),
        role="inbox" if wire.upper() == b"INBOX" else _BY_NAME.get(wire, special),
        total=number("MESSAGES"),
        unseen=number("UNSEEN"),
        selectable=selectable,
        subscribed="\\SUBSCRIBED" in flags,
        uid_validity=number("UIDVALIDITY"),
        uid_next=number("UIDNEXT"),
    )


def _place(name: FolderName, roles: Mapping[FolderName, Role | None]) -> tuple[int, list[str]]:
    """Roles first, each with what is below it, then as a dictionary would: accents and capitals come after letters."""
    above: FolderName | None = name
    while above is not None and above not in roles:
        above = above.parent
    return _ORDER[roles[above] if above is not None else None], _plain(name)


@lru_cache(maxsize=4096)
def _plain(name: FolderName) -> list[str]:
    return [
        "".join(c for c in unicodedata.normalize("NFKD", label.casefold()) if not unicodedata.combining(c))
        for label in name.split(SEPARATOR)
    ]
