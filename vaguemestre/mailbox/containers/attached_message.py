"""A message attached to another, from its bytes: its head, its text, its own files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message as RawMessage
from email.policy import compat32

from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.file_names import safe_filename
from vaguemestre.mailbox.messages import Headers, Part, Piece
from vaguemestre.mailbox.mime.body_choice import choose_body
from vaguemestre.mailbox.mime.header_text import end_of_head, header_text, parse_block
from vaguemestre.mailbox.signature_status import SignatureStatus
from vaguemestre.mailbox.values import PartPath

HEADER_LIMIT = 131072
LEAF_LIMIT = 200
DEPTH_LIMIT = 50
BOUNDARY_LIMIT = 200
# Each line is compared with every boundary that is open: what a hostile message could cost is their product.
WORK_LIMIT = 20_000_000
LINE_LIMIT = 2_000_000
# The library reads a field's parameters in the square of their length, several times.
FIELDS_WORK_LIMIT = 500_000_000
# What the library says of broken mail.
_BROKEN = (RecursionError, ValueError, TypeError, LookupError, AttributeError, MessageError)
_DEEPER = "application/octet-stream"  # than one looks
_AS_IT_CAME = compat32.clone(verify_generated_headers=False)  # a sender's broken header is no header of ours
_PARAMETERS = ("charset", "format", "delsp", "smime-type")  # those that are asked for
_WITH_PARAMETERS = re.compile(rb"(?i)(?:\A|[\r\n])content-[a-z-]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*")


@dataclass(frozen=True, slots=True)
class AttachedMessage:
    """Places in `pieces` begin with 1. `inline`: Content-ID → place of what the HTML may show. `seal`: of the signed
    envelope that it came in."""

    headers: Headers
    text: Piece | None
    html: Piece | None
    attachments: tuple[int, ...]
    inline: Mapping[str, int]
    pieces: tuple[Piece, ...]
    seal: SignatureStatus | None = None


def read_attached_message(raw: bytes) -> AttachedMessage:
    """Raises `UnpackError` for what would take too long."""
    if _takes_too_long(raw):
        raise UnpackError("work")
    leaves: list[Piece] = []
    try:
        structure = _tree(message_from_bytes(raw), leaves, 0)
    except _BROKEN as error:
        raise UnpackError("broken") from error
    content = choose_body(structure)
    head = raw[: end_of_head(raw)][:HEADER_LIMIT].replace(b"\r\n", b"\n")
    return AttachedMessage(
        headers=parse_block(head),
        text=_leaf(leaves, content.text),
        html=_leaf(leaves, content.html),
        attachments=tuple(_place(part) for part in content.attachments),
        inline={cid: _place(part) for cid, part in content.inline.items()},
        pieces=tuple(leaves),
    )


def _takes_too_long(raw: bytes) -> bool:
    """A lone CR ends a line as well, for the library."""
    boundaries = raw.lower().count(b"boundary")
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    if boundaries > BOUNDARY_LIMIT or lines > LINE_LIMIT or lines * (boundaries + 1) > WORK_LIMIT:
        return True
    return sum(len(match[0]) ** 2 for match in _WITH_PARAMETERS.finditer(raw)) > FIELDS_WORK_LIMIT


def _tree(message: RawMessage, leaves: list[Piece], depth: int) -> Part:
    kind = message.get_content_type()
    children = message.get_payload()
    if kind.startswith("multipart/") and isinstance(children, list) and depth < DEPTH_LIMIT:
        room = children[: LEAF_LIMIT - len(leaves)]
        parts = tuple(_tree(child, leaves, depth + 1) for child in room if isinstance(child, RawMessage))
        return Part(path=None, type=kind, parts=parts)
    content = _content(message, kind)
    part = Part(
        path=PartPath(str(len(leaves) + 1)),
        # Without a boundary that can be read, what is there is text (RFC 2045, 5.2).
        type=kind if not kind.startswith("multipart/") else "text/plain" if isinstance(children, str) else _DEEPER,
        parameters={name: value for name in _PARAMETERS if (value := _parameter(message, name))},
        encoding="8bit",
        size=len(content),
        content_id=header_text(str(message.get("Content-ID", "")).encode("utf-8", "replace"), limit=400).strip("<> "),
        disposition=message.get_content_disposition() or "",
        filename=_filename(message),
        subject=_subject(content) if kind == "message/rfc822" else "",
    )
    leaves.append(Piece(part, content))
    return part


def _content(message: RawMessage, kind: str) -> bytes:
    """Undone from its encoding; an attached message as it stands."""
    inner = message.get_payload()
    if kind.startswith("message/") and isinstance(inner, list):
        return b"".join(one.as_bytes(policy=_AS_IT_CAME) for one in inner if isinstance(one, RawMessage))
    content = message.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _subject(raw: bytes) -> str:
    return parse_block(raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:HEADER_LIMIT]).get("Subject")


def _filename(message: RawMessage) -> str:
    name = message.get_filename() or ""
    return safe_filename(header_text(name.encode("utf-8", "surrogateescape"), limit=2000))


def _parameter(message: RawMessage, name: str) -> str:
    value = message.get_param(name)
    return str(value[2] if isinstance(value, tuple) else value or "")


def _place(part: Part) -> int:
    return int(part.path or 0)


def _leaf(leaves: list[Piece], part: Part | None) -> Piece | None:
    return leaves[_place(part) - 1] if part else None
