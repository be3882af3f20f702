"""Files that lie inside another one: an attached message, a signed envelope, Outlook's winmail.dat."""

from dataclasses import dataclass, replace

from vaguemestre.mailbox.containers import attached_message, signed_message, tnef
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.messages import Part, Piece

MESSAGE, SIGNED, TNEF = "message", "signed", "tnef"


@dataclass(frozen=True, slots=True)
class NestedParts:
    """`shown`: those a person is told of; `pieces` also holds the message's own text. Places begin with 1."""

    pieces: tuple[Piece, ...]
    shown: tuple[int, ...]


def container_kind(part: Part) -> str:
    """MESSAGE, SIGNED, TNEF or "": by the type, and by the name where the type says nothing (our own .eml travel so).
    An envelope of old programs does not say whether it is signed or encrypted."""
    name = part.filename.lower()
    if part.type == "message/rfc822" or (part.type == "application/octet-stream" and name.endswith(".eml")):
        return MESSAGE
    if part.type in signed_message.TYPES and part.parameters.get("smime-type", "signed-data").lower() == "signed-data":
        return SIGNED
    return TNEF if part.type in tnef.TYPES or name == "winmail.dat" else ""


def unpack(piece: Piece) -> NestedParts:
    """Raises `UnpackError`."""
    match container_kind(piece.part):
        case "message" | "signed":
            message = attached_message_of(piece)
            return NestedParts(message.pieces, message.attachments)
        case "tnef":
            files = tuple(tnef.read_tnef(piece.content).files)
            return NestedParts(files, tuple(range(1, len(files) + 1)))
    raise UnpackError("kind")


def attached_message_of(piece: Piece) -> attached_message.AttachedMessage:
    """Raises `UnpackError`."""
    if container_kind(piece.part) != SIGNED:
        return attached_message.read_attached_message(piece.content)
    opened = signed_message.read_signed_message(piece.content)
    return replace(attached_message.read_attached_message(opened.content), seal=opened.seal)


def piece_at(piece: Piece, places: tuple[int, ...]) -> Piece:
    """The file at these places, one level after the other. Raises `UnpackError`, `LookupError` where nothing is."""
    for place in places:
        found = unpack(piece).pieces
        if place > len(found):
            raise LookupError(place)
        piece = found[place - 1]
    return piece


def piece_of(part: Part, content: bytes) -> Piece:
    return Piece(replace(part, encoding="8bit", size=len(content)), content)
