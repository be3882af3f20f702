"""A written message as the bytes that travel (RFC 5322, CRLF, seven bits)."""

import re
import secrets
from base64 import encodebytes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from vaguemestre.mailbox import fields
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.names import default_filename, safe_filename

_POLICY = SMTP.clone(cte_type="7bit")
_PIECE = 57 * 1024  # whole lines of base64
_KIND = re.compile(r"[a-z0-9]{1,60}/[a-z0-9][a-z0-9.+_-]{0,100}")
_THREAD_LIMIT = 20
# The second is what older programs look at.
_IMPORTANCE = {
    "high": b"Importance: high\r\nX-Priority: 1 (Highest)\r\n",
    "low": b"Importance: low\r\nX-Priority: 5 (Lowest)\r\n",
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    type: str
    path: Path


def build(
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
    importance: str = "",
) -> bytes:
    """Raises `InvalidValue` for an address that cannot be written. `bcc` is written with `keep_bcc` only: in drafts.
    `importance`: "high", "low", or
    as usual. `receipt_to`: who asks to be told when it is read (RFC 8098)."""
    thread = [*references, *([in_reply_to] if in_reply_to and in_reply_to not in references else [])]
    if len(thread) > _THREAD_LIMIT:
        thread = [thread[0], *thread[1 - _THREAD_LIMIT :]]  # the root and the latest turns
    head = [
        fields.people("From", [sender]),
        *(
            fields.people(name, people)
            for name, people in (("To", to), ("Cc", cc), ("Bcc", bcc if keep_bcc else ()))
            if people
        ),
        fields.text("Subject", subject),
        fields.text("Date", format_datetime(date)),
        fields.identifiers("Message-ID", [message_id]),
        fields.identifiers("In-Reply-To", [in_reply_to]),
        fields.identifiers("References", thread),
        fields.people("Disposition-Notification-To", [receipt_to]) if receipt_to else b"",
        _IMPORTANCE.get(importance, b""),
        b"MIME-Version: 1.0\r\n",
    ]
    return b"".join([*head, *(_with_files(text, attachments) if attachments else [text_part(text)])])


def text_part(text: str) -> bytes:
    """Its own header fields, the empty line and the content, in whichever encoding is shortest."""
    part = EmailMessage(policy=_POLICY)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").rstrip("\n") + "\n"
    part.set_content(lines.encode("utf-8", "replace").decode(), charset="utf-8")
    del part["MIME-Version"]
    return part.as_bytes()


def _with_files(text: str, files: Sequence[File]) -> Iterator[bytes]:
    """Files are read piece by piece: never all in memory in several forms."""
    boundary = f"=_{secrets.token_hex(16)}"
    line = f"--{boundary}".encode("ascii")
    yield f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    yield line + b"\r\n" + text_part(text) + b"\r\n"
    for file in files:
        yield line + b"\r\n" + _file_head(file)
        with file.path.open("rb") as content:
            while piece := content.read(_PIECE):
                yield encodebytes(piece).replace(b"\n", b"\r\n")
    yield line + b"--\r\n"


def _file_head(file: File) -> bytes:
    """A file is never announced as a part that programs look into: it travels as it is."""
    kind = file.type.lower()
    if not _KIND.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    name = safe_filename(file.name) or default_filename(kind)
    return b"Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n%s\r\n" % (
        kind.encode("ascii"),
        fields.disposition(name),
    )
