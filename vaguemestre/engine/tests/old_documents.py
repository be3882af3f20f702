"""Documents as office programs wrote them until 2007, built by hand; in old_documents.zip, some of LibreOffice's."""

import struct
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR, CUTOFF = 512, 4096
_END, _FREE = 0xFFFF_FFFE, 0xFFFF_FFFF


def written(name: str) -> bytes:
    """By LibreOffice."""
    with ZipFile(Path(__file__).parent / "old_documents.zip") as archive:
        return archive.read(name)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Sectors of the streams, of the directory, of the table. Each stream is filled up: none is a small one, which are
    kept in another way."""
    sectors, table = b"", list[int]()

    def put(content: bytes) -> int:
        nonlocal sectors
        begin, count = len(table), -(-len(content) // SECTOR)
        sectors += content.ljust(count * SECTOR, b"\0")
        table.extend([*range(begin + 1, begin + count), _END][:count])
        return begin if count else _END

    filled = {name: content and content.ljust(CUTOFF, b"\0") for name, content in streams.items()}
    last = len(streams)
    root = "Root Entry", 5, _FREE, 1 if streams else _FREE, _END, 0
    entries = [root] + [
        (name, 2, number + 1 if number < last else _FREE, _FREE, put(content), len(content))
        for number, (name, content) in enumerate(filled.items(), 1)
    ]
    directory = put(b"".join(_entry(*entry) for entry in entries))
    begin = len(table)
    count = (begin + 1) * 4 // SECTOR + 1
    while (begin + count) * 4 > count * SECTOR:
        count += 1
    table += [0xFFFF_FFFD] * count
    sectors += struct.pack(f"<{len(table)}I", *table).ljust(count * SECTOR, b"\xff")
    where = [begin + number for number in range(count)]
    head = struct.pack("<8s16xHHHHH6x9I", SIGN, 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory, 0, CUTOFF, _END, 0, _END, 0)
    return head + struct.pack("<109I", *(where + [_FREE] * 109)[:109]) + sectors


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xII4x", len(encoded), kind, 1, _FREE, right, child, start, size
    )


def word(*pieces: str | bytes, flags: int = 0) -> bytes:
    """`pieces`: bytes lie in the file as they are, text in sixteen bits; the last lies first."""
    head = struct.pack("<HH6xH20x", 0xA5EC, 193, flags)
    head += struct.pack("<H28xH88xH", 14, 22, 93)
    begin = len(head) + 93 * 8
    letters, places = bytearray(), dict[int, int]()
    for number in reversed(range(len(pieces))):
        piece = pieces[number]
        narrow = isinstance(piece, bytes)
        where = begin + len(letters)
        places[number] = (2 * where) | 0x4000_0000 if narrow else where
        letters += piece if isinstance(piece, bytes) else piece.encode("utf-16-le")
    counts = [0]
    for piece in pieces:
        counts.append(counts[-1] + len(piece))
    listed = struct.pack(f"<{len(counts)}I", *counts)
    listed += b"".join(struct.pack("<HIH", 0, places[number], 0) for number in range(len(pieces)))
    table = b"\x01\x03\x00abc\x02" + struct.pack("<I", len(listed)) + listed
    lists = bytearray(93 * 8)
    struct.pack_into("<II", lists, 33 * 8, 0, len(table))
    return compound({"WordDocument": head + bytes(lists) + letters, "0Table": table})


def record(kind: int, content: bytes) -> bytes:
    """Of Excel."""
    return struct.pack("<HH", kind, len(content)) + content


def excel(*records: bytes, version: int = 0x0600) -> bytes:
    begin = record(0x0809, struct.pack("<HH", version, 5))
    return compound({"Workbook" if version == 0x0600 else "Book": begin + b"".join(records)})


def atom(kind: int, content: bytes, how: int = 0) -> bytes:
    """Of PowerPoint."""
    return struct.pack("<HHI", how, kind, len(content)) + content


def holder(kind: int, *inside: bytes, number: int = 0) -> bytes:
    return atom(kind, b"".join(inside), 0xF | number << 4)


def slides(main: bytes, *, sign: int = 0xE391_C05F, saved: int = 0) -> bytes:
    user = atom(0x0FF6, struct.pack("<III", 20, sign, saved))
    return compound({"Current User": user, "PowerPoint Document": main})
