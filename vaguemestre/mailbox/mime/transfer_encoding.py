"""Transfer encodings undone piece by piece, whatever the pieces and however broken the encoding."""

import binascii
import re
from collections.abc import Iterable, Iterator

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDING = re.compile(rb"=+")
_MOST_ENDS = 500_000  # beyond, padding is noise
_SOFT_END = re.compile(rb"=[ \t]*\r?\n")
# From the first space of a run only: begun again at each, a line of spaces would cost its length squared.
_SPACE_END = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n)")
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")


def decode_chunks(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    match encoding:
        case "base64":
            return _base64(pieces)
        case "quoted-printable":
            return _quoted_printable(pieces)
        case _:
            return iter(pieces)


def encoded_size(size: int, encoding: str) -> int:
    """Bytes to ask for so that about `size` remain once decoded, line ends included."""
    return {"base64": size * 4 // 3 * 78 // 76 + 160, "quoted-printable": size * 3}.get(encoding, size)


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Padding ends a text, and another may begin behind it: where a list adds its footer, or in each line of some
    programs."""
    rest, ends = b"", 0
    for piece in pieces:
        *ended, last = _PADDING.split(_NOT_BASE64.sub(b"", piece), maxsplit=max(0, _MOST_ENDS - ends) or -1)
        ends += len(ended)
        for part in ended:
            rest += part
            whole = len(rest) - (len(rest) % 4 == 1)  # one letter alone is the beginning of what follows
            yield binascii.a2b_base64(rest[:whole] + b"=" * (-whole % 4))
            rest = rest[whole:]
        rest += last.replace(b"=", b"")
        whole = len(rest) // 4 * 4
        if whole:
            yield binascii.a2b_base64(rest[:whole])
            rest = rest[whole:]
    if len(rest) > 1:
        yield binascii.a2b_base64(rest + b"=" * (4 - len(rest)))


def _quoted_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines only, so that no escape is cut; a line without end is cut all the same at 64 KB."""
    rest = b""
    for piece in pieces:
        rest += piece
        cut = rest.rfind(b"\n") + 1
        if not cut and len(rest) > 65536:
            cut = len(rest) - 3
        if cut:
            yield _unquote(rest[:cut])
            rest = rest[cut:]
    if rest:
        yield _unquote(rest)


def _unquote(text: bytes) -> bytes:
    text = _SOFT_END.sub(b"", _SPACE_END.sub(b"", text))
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), text)
