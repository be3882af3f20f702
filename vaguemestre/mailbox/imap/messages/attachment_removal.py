"""A message without its attachments: what is kept is fetched byte for byte, what goes is never fetched.

The header stays but for the fields that describe the content; the parts that are read stand in new multiparts, and
after them a note says what was taken away. Signatures over the whole no longer fit, which nobody can help. What is
sealed (S/MIME, PGP) looks like a file, and is the letter: it stays.
"""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence

from vaguemestre.mailbox.containers.signed_message import TYPES as ENVELOPES
from vaguemestre.mailbox.errors import NoSuchMessageError
from vaguemestre.mailbox.imap.fetch_rows import parse_fetch_rows
from vaguemestre.mailbox.imap.folder_connection import FolderConnection, require_ok
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.messages.fetch import content_chunks, read_message
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.mime.body_choice import NOTE_ID
from vaguemestre.mailbox.values import PartPath, Uid

_KEPT_PARTS = 200  # beyond, it is no letter
_KINDS = {"multipart/alternative", "multipart/related"}  # whose children belong together; all else is a mere row
type Kept = Mapping[PartPath, tuple[bytes, bytes]]  # a part's own header, its content as it is


def without_attachments(
    link: FolderConnection, known: KnownFolder, uid: Uid, note: Callable[[Sequence[Part]], str]
) -> tuple[Message, bytes] | None:
    """The message as it is, and what replaces it. None when there is nothing to take away."""
    message, _answer = read_message(link, known, uid)
    attached = removable_parts(message)
    gone = {part.path for part in attached}
    leaves = [part for part in message.row.structure.walk() if not part.is_multipart and part.path]
    kept = [part.path for part in leaves if part.path and part.path not in gone]
    if not gone or len(kept) > _KEPT_PARTS:
        return None
    header, parts = _fetched(link, known, uid, kept)
    return message, _built(header, message.row.structure, parts, note(attached))


def removable_parts(message: Message) -> list[Part]:
    """What can be taken away and leaves the letter."""
    if message.seal or any(part.type == "multipart/encrypted" for part in message.row.structure.walk()):
        return []  # its parts belong together, and one of them is the letter
    return [part for part in message.attachments if part.type not in ENVELOPES]


def _fetched(link: FolderConnection, known: KnownFolder, uid: Uid, paths: Sequence[PartPath]) -> tuple[bytes, Kept]:
    wanted = [b"BODY.PEEK[HEADER]"]
    for path in paths:
        wanted += [b"BODY.PEEK[%s.MIME]" % path.encode("ascii"), b"BODY.PEEK[%s]" % path.encode("ascii")]
    answer = link.read_in(known, [b"UID FETCH %d (UID %s)" % (uid, b" ".join(wanted))])
    require_ok(answer.statuses[-1])
    for message in parse_fetch_rows(answer.data):
        if message.uid == uid:
            content = {
                name: b"".join(content_chunks(value))
                for name, value in message.items.items()
                if name.startswith("BODY[")
            }
            parts = {
                path: (content.get(f"BODY[{path}.MIME]", b""), content.get(f"BODY[{path}]", b"")) for path in paths
            }
            return content.get("BODY[HEADER]", b""), parts
    raise NoSuchMessageError(str(uid))


def _built(header: bytes, structure: Part, kept: Kept, note: str) -> bytes:
    children = structure.parts if structure.is_multipart and structure.type not in _KINDS else (structure,)
    parts = [built for child in children if (built := _part(child, kept))]
    return b"".join([*_fields(header), b"MIME-Version: 1.0\r\n", _multipart("multipart/mixed", [*parts, _note(note)])])


def _part(part: Part, kept: Kept) -> bytes | None:
    if not part.is_multipart:
        found = kept.get(part.path) if part.path else None
        return found[0].rstrip(b"\r\n") + b"\r\n\r\n" + found[1] if found else None
    children = [built for child in part.parts if (built := _part(child, kept))]
    if len(children) < 2:
        return children[0] if children else None
    return _multipart(part.type if part.type in _KINDS else "multipart/mixed", children)


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    boundary = b"=_" + secrets.token_hex(16).encode("ascii")  # nobody can have written it
    head = b'Content-Type: %s; boundary="%s"\r\n\r\n' % (kind.encode("ascii"), boundary)
    return head + b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary


def _note(text: str) -> bytes:
    encoded = base64.encodebytes(text.replace("\n", "\r\n").encode("utf-8")).replace(b"\n", b"\r\n")
    return (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: inline\r\nContent-ID: <%s>\r\n\r\n%s" % (NOTE_ID.encode("ascii"), encoded)
    )


def _fields(header: bytes) -> list[bytes]:
    """Each field with its folded lines, but those about the content. A line that is neither stays where it was."""
    kept: list[bytes] = []
    skipping = False
    for line in header.rstrip(b"\r\n").split(b"\r\n"):
        if line[:1] not in (b" ", b"\t"):
            name = line.partition(b":")[0].strip().lower()
            skipping = name.startswith(b"content-") or name == b"mime-version"
        if not skipping and line:
            kept.append(line + b"\r\n")
    return kept
