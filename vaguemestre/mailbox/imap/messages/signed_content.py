"""A message that came in a signed envelope, as if what it holds stood in the message itself."""

from dataclasses import replace

from vaguemestre.mailbox.containers.nested_parts import SIGNED, attached_message_of, container_kind, piece_of
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.imap.folder_connection import FolderConnection
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.imap.messages.fetch import read_part
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.values import PiecePath

SIZE_LIMIT = 30 * 1024 * 1024  # larger than any message the servers let through


def with_signed_content(link: FolderConnection, known: KnownFolder, message: Message) -> Message:
    """One trip more for such a message alone; it stays as it is when nothing can be made of its envelope."""
    envelope = message.row.structure
    if container_kind(envelope) != SIGNED or envelope.path is None or envelope.decoded_size > SIZE_LIMIT:
        return message
    content = b"".join(read_part(link, known, message.row.uid, envelope.path))
    try:
        found = attached_message_of(piece_of(envelope, content))
    except UnpackError:
        return message
    outer = PiecePath(envelope.path)

    def part(place: int) -> Part:
        return replace(found.pieces[place - 1].part, path=outer.within(place))

    shown = {id(piece): place for place, piece in enumerate(found.pieces, 1)}
    return replace(
        message,
        text=part(shown[id(found.text)]) if found.text else None,
        html=part(shown[id(found.html)]) if found.html else None,
        attachments=tuple(map(part, found.attachments)),
        inline={content_id: part(place) for content_id, place in found.inline.items()},
        seal=found.seal,
    )
