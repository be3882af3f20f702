"""The encoding of certificates and signed envelopes (ITU-T X.690), as far as an envelope needs it: DER, and BER with
lengths left open and bytes in pieces, as streaming programs write it."""

from dataclasses import dataclass

from vaguemestre.mailbox.errors import UnpackError

DEPTH_LIMIT = 16
# Elements looked at, in all: a large message in pieces of a thousand bytes has some ten thousand, a bomb millions.
WORK_LIMIT = 200_000
_END = b"\0\0"


@dataclass(frozen=True, slots=True)
class Element:
    """Where it begins, where its content does, where that ends, and where the next one begins."""

    tag: int
    begin: int
    start: int
    stop: int
    after: int


class BerReader:
    """Raises `UnpackError` for what is no such encoding. `cut`: something ended before its length was over."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._left = WORK_LIMIT
        self.cut = False

    def whole(self) -> Element:
        return self._element(0, len(self._raw), 0)

    def inside(self, element: Element) -> list[Element]:
        """At least one."""
        if not element.tag & 0x20:
            raise UnpackError("simple")
        found, place = list[Element](), element.start
        while place + 2 <= element.stop:
            found.append(self._element(place, element.stop, 0))
            place = found[-1].after
        if not found:
            raise UnpackError("empty")
        return found

    def body(self, element: Element) -> bytes:
        return self._raw[element.start : element.stop]

    def encoded(self, element: Element) -> bytes:
        return self._raw[element.begin : element.after]

    def octets(self, element: Element, depth: int = 0) -> bytes:
        """Of a string, which may lie in pieces."""
        if not element.tag & 0x20:
            return self.body(element)
        if depth >= DEPTH_LIMIT:
            raise UnpackError("work")
        if element.start == element.stop:
            return b""
        return b"".join(self.octets(piece, depth + 1) for piece in self.inside(element))

    def identifier(self, element: Element) -> str:
        """ "1.2.840.113549"; empty for what is none."""
        body = self.body(element)
        if element.tag != 0x06 or not 0 < len(body) <= 32 or body[-1] & 0x80:
            return ""
        numbers, number = list[int](), 0
        for octet in body:
            number = number << 7 | octet & 0x7F
            if not octet & 0x80:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))

    def _element(self, begin: int, end: int, depth: int) -> Element:
        self._left -= 1
        if self._left < 0 or depth > DEPTH_LIMIT:
            raise UnpackError("work")
        if begin + 2 > end or self._raw[begin] & 0x1F == 0x1F:
            raise UnpackError("broken")
        tag, length, start = self._raw[begin], self._raw[begin + 1], begin + 2
        if length == 0x80:
            return self._open_ended(tag, begin, end, depth)
        if length > 0x80:
            width = length & 0x7F
            length, start = int.from_bytes(self._raw[start : start + width]), start + width
        stop = start + length
        if stop > end:
            self.cut = True
            stop = max(start, end)
        return Element(tag, begin, start, stop, stop)

    def _open_ended(self, tag: int, begin: int, end: int, depth: int) -> Element:
        """Its end is where two zeros stand instead of the next one."""
        if not tag & 0x20:
            raise UnpackError("broken")
        place = begin + 2
        while place + 2 <= end:
            if self._raw[place : place + 2] == _END:
                return Element(tag, begin, begin + 2, place, place + 2)
            place = self._element(place, end, depth + 1).after
        self.cut = True
        return Element(tag, begin, begin + 2, end, end)
