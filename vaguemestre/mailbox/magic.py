"""What a file is by its first bytes, whatever its sender calls it; and how many points an image would have."""

import re
import struct

HEAD = 4096  # octets that are enough for the kind
PIXEL_LIMIT = 64_000_000  # beyond that a telephone's browser falls over
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_NO_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"crx "}  # pictures that no browser draws
_JPEG_SIZE = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def true_type(head: bytes) -> str:
    """ "" when it is nothing that a browser shows."""
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "" if brand in _NO_BRANDS else _BRANDS.get(brand, "video/mp4")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in {0xE2, 0xE0} and head[1] & 0xE0 == 0xE0:
        return "audio/mpeg" if head[1] & 0x06 else "audio/aac"
    return "application/pdf" if b"%PDF-" in head[:1024] else ""


def pixels(content: bytes) -> int | None:
    """Width times height as the header says; None when it does not say."""
    try:
        size = _size(content)
    except (struct.error, IndexError):
        return None
    return size[0] * size[1] if size else None


def has_too_many_points(content: bytes) -> bool:
    """Some octets may say that they are a picture which fills all memory."""
    return (pixels(content) or 0) > PIXEL_LIMIT


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
    return None


def _pair(content: bytes, place: int, form: str) -> tuple[int, int]:
    first, second = struct.unpack_from(form, content, place)
    return int(first), int(second)


def _jpeg(content: bytes) -> tuple[int, int] | None:
    place = 2
    for _ in range(500):  # segments; a real photograph has some dozens before its size
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
