"""A written message as the bytes that travel (RFC 5322, CRLF, seven bits)."""

import secrets
from base64 import encodebytes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from vaguemestre.mailbox.headers import clean
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.names import default_filename, safe_filename
from vaguemestre.mailbox.values import InvalidValue

_POLICY = SMTP.clone(cte_type="7bit")
_PIECE = 57 * 1024  # whole lines of base64
# What the server or the reader's program acts on is never taken as a file's type.
_OPAQUE = "application/octet-stream"


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
) -> bytes:
    """Raises `InvalidValue` for an address that cannot be written. `bcc` is written with `keep_bcc` only: in drafts."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _mailbox(sender)
    for name, people in (("To", to), ("Cc", cc), ("Bcc", bcc if keep_bcc else ())):
        if people:
            message[name] = [_mailbox(person) for person in people]
    message["Subject"] = clean(subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = _identifier(message_id)
    if in_reply_to:
        message["In-Reply-To"] = _identifier(in_reply_to)
    if chain := [*references, *([in_reply_to] if in_reply_to and in_reply_to not in references else [])]:
        message["References"] = " ".join(map(_identifier, _shortened(chain)))
    message["MIME-Version"] = "1.0"
    return b"".join(_with_files(message, text, attachments) if attachments else _alone(message, text))


def _alone(message: EmailMessage, text: str) -> Iterator[bytes]:
    message.set_content(_body(text), charset="utf-8")
    yield message.as_bytes()


def _with_files(message: EmailMessage, text: str, files: Sequence[File]) -> Iterator[bytes]:
    """Files are read piece by piece: the parts are never all in memory in several forms."""
    boundary = f"=_{secrets.token_hex(16)}"
    message["Content-Type"] = f'multipart/mixed; boundary="{boundary}"'
    line = f"--{boundary}".encode("ascii")
    body = EmailMessage(policy=_POLICY)
    body.set_content(_body(text), charset="utf-8")
    del body["MIME-Version"]
    yield message.as_bytes() + line + b"\r\n" + body.as_bytes() + b"\r\n"
    for file in files:
        yield line + b"\r\n" + _file_head(file)
        with file.path.open("rb") as content:
            while piece := content.read(_PIECE):
                yield encodebytes(piece).replace(b"\n", b"\r\n")
    yield line + b"--\r\n"


def _file_head(file: File) -> bytes:
    part = EmailMessage(policy=_POLICY)
    kind = file.type.lower()
    main, _, sub = kind.partition("/")
    writable = main.isalnum() and sub and all(c.isalnum() or c in "-.+_" for c in sub) and kind.isascii()
    part["Content-Type"] = _OPAQUE if not writable or main in {"multipart", "message"} else kind
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment", filename=safe_filename(file.name) or default_filename(kind))
    return part.as_bytes()


def _body(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").rstrip("\n") + "\n"


def _mailbox(person: Address) -> HeaderAddress:
    local, at, domain = person.address.rpartition("@")
    try:
        if not (at and local and domain) or person.address != clean(person.address) or not local.isascii():
            raise InvalidValue("address", "form")
        host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        address = HeaderAddress(clean(person.name), addr_spec=f"{local}@{host}")
        if any(c in '\\"<>,;: \t' for c in address.addr_spec):
            raise InvalidValue("address", "form")
        return address
    except (HeaderParseError, ValueError, IndexError) as error:
        raise InvalidValue("address", "form") from error


def _identifier(value: str) -> str:
    """A Message-ID as it came, if it can be one at all."""
    text = "".join(c for c in value.strip("<> ") if "!" <= c <= "~" and c not in "<>")[:400]
    if not text:
        raise InvalidValue("message id", "form")
    return f"<{text}>"


def _shortened(chain: Sequence[str]) -> list[str]:
    """The root of a long thread and its latest turns."""
    return [chain[0], *chain[-19:]] if len(chain) > 20 else list(chain)
