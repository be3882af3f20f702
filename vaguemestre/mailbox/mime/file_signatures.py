"""What a file is by its first bytes, whatever its sender calls it; and how many points an image would have."""

import re
import struct
from contextlib import suppress
from itertools import islice

HEAD = 4096  # bytes that are enough for the kind
PIXEL_LIMIT = 64_000_000  # beyond that a phone's browser falls over
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\0\0\1\0", "image/x-icon"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"crx ": "",
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"),
}  # fmt: skip
_MANY = 500  # entries, pages: more are not followed
_WIDTH, _HEIGHT, _SHORT = 256, 257, 3  # in a TIFF
_JPEG_SIZE = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def true_type(head: bytes) -> str:
    """ "" when it is nothing that is shown, by a browser or after it was drawn again."""
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in {0xE2, 0xE0} and head[1] & 0xE0 == 0xE0:
        return "audio/mpeg" if head[1] & 0x06 else "audio/aac"
    return "application/pdf" if b"%PDF-" in head[:1024] else ""


def pixel_count(content: bytes) -> int | None:
    """Width times height as the header says; None when it does not say."""
    try:
        size = _size(content)
    except (struct.error, IndexError):
        return None
    return size[0] * size[1] if size else None


def has_too_many_points(content: bytes) -> bool:
    """Some bytes may say that they are a picture which fills all memory."""
    return (pixel_count(content) or 0) > PIXEL_LIMIT


def page_count(content: bytes) -> int:
    """Of a scan or a fax (TIFF), as far as they are counted; 1 of any other picture."""
    if true_type(content[:HEAD]) != "image/tiff":
        return 1
    order, place, met = _order(content), 4, set[int]()
    with suppress(struct.error):
        while len(met) < _MANY:
            place = int(struct.unpack_from(f"{order}L", content, place)[0])
            if not place or place in met:
                break
            entries = int(struct.unpack_from(f"{order}H", content, place)[0])
            met.add(place)
            place += 2 + 12 * entries
    return max(1, len(met))


def _size(content: bytes) -> tuple[int, int] | None:
    match true_type(content[:HEAD]):
        case "image/png":
            return _pair(content, 16, ">LL")
        case "image/gif":
            return _pair(content, 6, "<HH")
        case "image/bmp":
            width, height = _pair(content, 18, "<ll")
            return abs(width), abs(height)
        case "image/jpeg":
            return _jpeg(content)
        case "image/webp":
            return _webp(content)
        case "image/avif":
            found = re.search(rb"ispe\0{4}", content[: 64 * 1024])
            return _pair(content, found.end(), ">LL") if found else None
        case "image/heic":
            return _largest(content)
        case "image/tiff":
            return _tiff(content)
        case "image/x-icon":
            return _icon(content)
    return None


def _largest(content: bytes) -> tuple[int, int] | None:
    """Of all that a HEIC says it holds: the picture, its tiles, a small one."""
    said = islice(re.finditer(rb"ispe\0{4}", content), _MANY)
    return max((_pair(content, one.end(), ">LL") for one in said), key=lambda pair: pair[0] * pair[1], default=None)


def _tiff(content: bytes) -> tuple[int, int] | None:
    """Of its first page."""
    order = _order(content)
    place = int(struct.unpack_from(f"{order}L", content, 4)[0])
    said: dict[int, int] = {}
    for number in range(min(_MANY, int(struct.unpack_from(f"{order}H", content, place)[0]))):
        tag, kind = struct.unpack_from(f"{order}HH", content, place + 2 + 12 * number)
        said[tag] = int(
            struct.unpack_from(f"{order}{'H' if kind == _SHORT else 'L'}", content, place + 10 + 12 * number)[0]
        )
    return (said[_WIDTH], said[_HEIGHT]) if {_WIDTH, _HEIGHT} <= said.keys() else None


def _icon(content: bytes) -> tuple[int, int] | None:
    """Of the largest that it holds; 0 stands for 256."""
    count = int(struct.unpack_from("<H", content, 4)[0])
    sides = [
        [side or 256 for side in struct.unpack_from("BB", content, 6 + 16 * one)] for one in range(min(count, _MANY))
    ]
    return max(((wide, high) for wide, high in sides), default=None)


def _order(content: bytes) -> str:
    return "<" if content.startswith(b"II") else ">"


def _pair(content: bytes, place: int, form: str) -> tuple[int, int]:
    first, second = struct.unpack_from(form, content, place)
    return int(first), int(second)


def _jpeg(content: bytes) -> tuple[int, int] | None:
    place = 2
    for _ in range(_MANY):  # segments; a real photograph has some dozens before its size
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker in _JPEG_SIZE:
            return _pair(content, place + 5, ">HH")
        if marker == 0xFF:
            place += 1
            continue
        place += 2 + int(struct.unpack_from(">H", content, place + 2)[0])
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    match content[12:16]:
        case b"VP8 ":
            width, height = _pair(content, 26, "<HH")
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    return None
