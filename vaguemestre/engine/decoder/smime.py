"""The words of a message in a signed envelope (S/MIME), as the webmail shows it. Runs in the bounded child."""

from collections.abc import Callable
from html.parser import HTMLParser

from vaguemestre.mailbox.containers import signed_message
from vaguemestre.mailbox.containers.attached_message import read_attached_message
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.messages import Piece
from vaguemestre.mailbox.mime import charsets

_SILENT = {"script", "style", "head", "title"}
_WITHIN = {"b", "i", "u", "em", "strong", "span", "font", "a", "sub", "sup", "small", "big", "wbr"}  # of a word

type Write = Callable[[str], object]


def write_text(raw: bytes, write: Write, file: Callable[[bytes, Write], object]) -> None:
    """Nothing of what is encrypted. `file`: reads what is attached to the message, where it can."""
    try:
        message = read_attached_message(signed_message.read_signed_message(raw).content)
    except UnpackError:
        return
    for piece in message.pieces:
        if piece in (message.text, message.html) or piece.part.type.startswith("text/"):
            _write_words(piece, write)
        else:
            write(f"\n{piece.part.filename}\n")
            file(piece.content, write)


def _write_words(piece: Piece, write: Write) -> None:
    text = charsets.decode(piece.content, piece.part.charset)
    if piece.part.type == "text/html":
        _Words(write).feed(text)
    else:
        write(text)
    write("\n")


class _Words(HTMLParser):
    def __init__(self, write: Write) -> None:
        super().__init__()
        self._write = write
        self._silent = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self._silent += tag in _SILENT
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._write(data)

    def _part(self, tag: str) -> None:
        if tag not in _WITHIN:
            self._write("\n")
