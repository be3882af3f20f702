"""What is read from a mailbox: folders, rows of a list, one message and its parts. All immutable, safe to share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from vaguemestre.mailbox.file_names import default_filename
from vaguemestre.mailbox.signature_status import SignatureStatus
from vaguemestre.mailbox.values import (
    ANSWERED,
    DELETED,
    DRAFT,
    FLAGGED,
    FORWARDED,
    SEEN,
    BeforeUid,
    FolderName,
    MailboxId,
    PartPath,
    Uid,
)

Role = Literal["inbox", "drafts", "sent", "later", "archive", "receipts", "junk", "trash"]


@dataclass(frozen=True, slots=True)
class Address:
    """As written by the sender, made safe to show: `name` may be empty, `address` may be anything, even empty."""

    name: str
    address: str

    @property
    def label(self) -> str:
        return self.name or self.address

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Folder:
    """`selectable` is false for a mere parent: it has no id (`id` is None) and cannot be opened."""

    id: MailboxId | None
    name: FolderName
    role: Role | None
    total: int
    unseen: int
    selectable: bool
    subscribed: bool
    uid_validity: int
    uid_next: int


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the structure. `path` is None for a multipart, a `PiecePath` inside a signed envelope. `size` is that
    of the encoded form on the wire.

    `filename` is decoded and safe for a disk and a header: no slash, no control or direction mark, at most 120
    characters, its extension kept; empty when the sender gave none (`download_name` always gives one).
    """

    path: PartPath | None
    type: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "7bit"
    size: int = 0
    content_id: str = ""
    disposition: str = ""
    filename: str = ""
    parts: "tuple[Part, ...]" = ()
    subject: str = ""  # of an attached message (message/rfc822)

    @property
    def charset(self) -> str:
        return self.parameters.get("charset", "")

    @property
    def is_multipart(self) -> bool:
        return self.type.startswith("multipart/")

    @property
    def decoded_size(self) -> int:
        """About the size of the file: exact when not encoded, within one percent in base64."""
        return self.size * 3 // 4 * 76 // 78 if self.encoding == "base64" else self.size

    @property
    def download_name(self) -> str:
        return self.filename or default_filename(self.type, self.subject)

    def walk(self) -> "Iterator[Part]":
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Piece:
    part: Part
    content: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `to` and `cc` hold the first addresses only; `recipients` counts them all."""

    uid: Uid
    flags: frozenset[str]
    received: datetime
    sent: datetime | None
    size: int
    subject: str
    message_id: str
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    recipients: int
    preview: str
    structure: Part
    has_attachments: bool
    has_html: bool
    from_list: bool = False  # a mailing list says its name in it
    files: tuple[Part, ...] = ()  # those that are seen in its row

    @property
    def seen(self) -> bool:
        return SEEN in self.flags

    @property
    def flagged(self) -> bool:
        return FLAGGED in self.flags

    @property
    def answered(self) -> bool:
        return ANSWERED in self.flags

    @property
    def forwarded(self) -> bool:
        return FORWARDED in self.flags

    @property
    def draft(self) -> bool:
        return DRAFT in self.flags

    @property
    def deleted(self) -> bool:
        return DELETED in self.flags


@dataclass(frozen=True, slots=True)
class Page:
    """Rows from the newest to the oldest, in order of arrival.

    `before=page.older_before` asks for the next older page. Towards the newer ones: `before=page.newer_before`, where
    None means the first page. `first` is the place of the first row in the folder, 1 for the newest.
    """

    rows: tuple[Row, ...]
    folder_total: int
    unseen: int | None
    first: int
    older: bool
    newer: bool
    newer_before: Uid | None

    @property
    def older_before(self) -> Uid | None:
        last = self.rows[-1] if self.older and self.rows else None
        return BeforeUid(last.uid, int(last.received.timestamp())) if last else None


@dataclass(frozen=True, slots=True)
class Quota:
    """In bytes; `limit` 0 means none."""

    used: int
    limit: int

    @property
    def percent(self) -> int:
        return min(100, self.used * 100 // self.limit) if self.limit else 0


class Headers:
    """Header fields in order, decoded and safe to show; names without case. `raw`: the lines as they came."""

    def __init__(self, fields: tuple[tuple[str, str], ...], raw: bytes = b"") -> None:
        self.fields = fields
        self.raw = raw

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.fields if key.lower() == name.lower()), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def __contains__(self, name: str) -> bool:
        return any(key.lower() == name.lower() for key, _ in self.fields)


@dataclass(frozen=True, slots=True)
class Message:
    """`inline` holds parts that the HTML may show by Content-ID (without its angle brackets); they are not in
    `attachments`, unless the message has no HTML. `text` and `html` are the two faces of the same body, either may
    be absent. `note`: what was left where attachments were taken away (`attachment_removal`). `position`: 1 for the
    newest of the folder's `folder_total`. `seal`: of the signed envelope that all of this came in
    (`signed_content`)."""

    row: Row
    headers: Headers
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    text: Part | None
    html: Part | None
    attachments: tuple[Part, ...]
    inline: Mapping[str, Part]
    position: int
    folder_total: int
    newer: Uid | None
    older: Uid | None
    note: Part | None = None
    seal: SignatureStatus | None = None

    def part(self, path: PartPath) -> Part | None:
        inside = (self.text, self.html, *self.attachments, *self.inline.values()) if self.seal else ()
        return next((part for part in (*self.row.structure.walk(), *inside) if part and part.path == path), None)
