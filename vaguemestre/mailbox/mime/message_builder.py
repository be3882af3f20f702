"""A written message as the bytes that travel (RFC 5322, CRLF, seven bits)."""

import re
import secrets
from base64 import encodebytes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from vaguemestre.mailbox.file_names import default_filename, safe_filename
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime import header_fields

_POLICY = SMTP.clone(cte_type="7bit")
_PIECE = 57 * 1024  # whole lines of base64
_KIND = re.compile(r"[a-z0-9]{1,60}/[a-z0-9][a-z0-9.+_-]{0,100}")
_MESSAGE = "message/rfc822"
_THREAD_LIMIT = 20
# The second is what older programs look at.
REMINDER = "X-Vaguemestre-Reminder"  # of drafts alone: after how many days without an answer their author is reminded
_IMPORTANCE = {
    "high": b"Importance: high\r\nX-Priority: 1 (Highest)\r\n",
    "low": b"Importance: low\r\nX-Priority: 5 (Lowest)\r\n",
}


@dataclass(frozen=True, slots=True)
class File:
    """`content_id`: what the HTML calls a picture by, "" for an attachment."""

    name: str
    type: str
    path: Path
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Formatted:
    """The HTML of a message, and the pictures that it shows."""

    html: str
    pictures: Sequence[File] = ()


def build_message(
    *,
    sender: Address,
    to: Sequence[Address] = (),
    cc: Sequence[Address] = (),
    bcc: Sequence[Address] = (),
    subject: str,
    text: str,
    date: datetime,
    message_id: str,
    in_reply_to: str = "",
    references: Sequence[str] = (),
    attachments: Sequence[File] = (),
    keep_bcc: bool = False,
    receipt_to: Address | None = None,
    formatted: Formatted | None = None,
    importance: str = "",
    reply_to: Address | None = None,
    reminds_after: int = 0,
) -> bytes:
    """Raises `InvalidValueError` for an address that cannot be written. `bcc` and `reminds_after` are written with
    `keep_bcc` only: in drafts. `importance`: "high", "low", or as usual. `receipt_to`: who asks to be told when it is
    read (RFC 8098). `reply_to`: whom answers go to instead of the sender. `formatted`: the same as `text`, in HTML."""
    recipients = (("To", to), ("Cc", cc), ("Bcc", bcc if keep_bcc else ()))
    head = [
        header_fields.address_field("From", [sender]),
        *(header_fields.address_field(name, people) for name, people in recipients if people),
        header_fields.address_field("Reply-To", [reply_to]) if reply_to else b"",
        header_fields.text_field("Subject", subject),
        header_fields.text_field("Date", format_datetime(date)),
        header_fields.identifier_field("Message-ID", [message_id]),
        header_fields.identifier_field("In-Reply-To", [in_reply_to]),
        header_fields.identifier_field("References", _references(references, in_reply_to)),
        header_fields.address_field("Disposition-Notification-To", [receipt_to]) if receipt_to else b"",
        _IMPORTANCE.get(importance, b""),
        header_fields.text_field(REMINDER, str(reminds_after)) if keep_bcc and reminds_after else b"",
        b"MIME-Version: 1.0\r\n",
    ]
    body = _both_faces(text, formatted) if formatted else [text_part(text)]
    return b"".join([*head, *(_with_files(body, attachments) if attachments else body)])


def _references(earlier: Sequence[str], parent: str) -> list[str]:
    """Of a long conversation, its root and the latest turns."""
    thread = [*earlier, *([parent] if parent and parent not in earlier else [])]
    return [thread[0], *thread[1 - _THREAD_LIMIT :]] if len(thread) > _THREAD_LIMIT else thread


def text_part(text: str, subtype: str = "plain") -> bytes:
    """Its own header fields, the empty line and the content, in whichever encoding is shortest."""
    part = EmailMessage(policy=_POLICY)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").rstrip("\n") + "\n"
    part.set_content(lines.encode("utf-8", "replace").decode(), subtype=subtype, charset="utf-8")
    del part["MIME-Version"]
    return part.as_bytes()


def _both_faces(text: str, formatted: Formatted) -> Iterator[bytes]:
    """Pictures belong to the HTML alone: who reads the plain text is not shown them as files (RFC 2387)."""
    html = text_part(formatted.html, "html")
    face = _multipart("related", [[html], *map(_file, formatted.pictures)]) if formatted.pictures else [html]
    return _multipart("alternative", [[text_part(text)], face])


def _with_files(body: Iterable[bytes], files: Sequence[File]) -> Iterator[bytes]:
    return _multipart("mixed", [body, *map(_file, files)])


def _multipart(subtype: str, parts: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    boundary = f"=_{secrets.token_hex(16)}"
    line = f"--{boundary}".encode("ascii")
    kind = 'multipart/related; type="text/html"' if subtype == "related" else f"multipart/{subtype}"
    yield f'Content-Type: {kind}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    for part in parts:
        yield line + b"\r\n"
        yield from part
        yield b"\r\n"
    yield line + b"--\r\n"


def _file(file: File) -> Iterator[bytes]:
    """Files are read piece by piece: never all in memory in several forms."""
    if file.type == _MESSAGE and (encoding := _as_it_is(file.path)):
        yield _head(file, _MESSAGE, encoding)
        with file.path.open("rb") as content:
            while piece := content.read(_PIECE):
                yield piece
        return
    yield _file_head(file)
    with file.path.open("rb") as content:
        while piece := content.read(_PIECE):
            yield encodebytes(piece).replace(b"\n", b"\r\n")


def _file_head(file: File) -> bytes:
    """A file is never announced as a part that programs look into: it travels as it is, but for a whole message of the
    mailbox (`_as_it_is`)."""
    kind = file.type.lower()
    if not _KIND.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    return _head(file, kind, "base64")


def _head(file: File, kind: str, encoding: str) -> bytes:
    name = safe_filename(file.name) or default_filename(kind)
    return b"Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n%s%s\r\n" % (
        kind.encode("ascii"),
        encoding.encode("ascii"),
        header_fields.identifier_field("Content-ID", [file.content_id]),
        header_fields.disposition_field(name, "inline" if file.content_id else "attachment"),
    )


def _as_it_is(path: Path) -> str:
    """How a whole message travels inside another, which may not be encoded (RFC 2046, 5.2.1): "7bit" or "8bit"; empty
    when its lines are no lines, and it can only go as a file."""
    plain = True
    with path.open("rb") as content:
        while line := content.readline(1001):
            bare = line.removesuffix(b"\r\n")
            if len(bare) == len(line) or len(bare) > 998 or b"\r" in bare or b"\n" in bare or b"\0" in bare:
                return ""
            plain = plain and bare.isascii()
    return "7bit" if plain else "8bit"
