"""The text of a PowerPoint document of 97 to 2003 ([MS-PPT]). Runs in the bounded child.

Records, and records in records. What each saving replaced stays in the file; lists tell where the newest of it lies.
"""

import struct
from collections.abc import Callable

_WIDE_TEXT, _TEXT, _STRING = 0x0FA0, 0x0FA8, 0x0FBA
# Models of slides: "Click to edit the title" stands in each.
_MASTER, _HANDOUT, _LISTED, _NOTES = 0x03F8, 0x0FC9, 0x0FF0, 0x03F0
_WITH_STRINGS = {0x0FD9, 0x2EE0}  # what stands at the edge of each slide; comments
_SAVING, _PLACES = 0x0FF5, 0x1772
_ENCRYPTED = 0xF3D1_C4DF
_SIGNS = dict.fromkeys(range(32), "\n")

type Write = Callable[[str], object]


def write_text(read_stream: Callable[[str], bytes], write: Write) -> None:
    main = read_stream("PowerPoint Document")
    sign, saved = struct.unpack_from("<II", read_stream("Current User").ljust(20, b"\0"), 12)
    if sign == _ENCRYPTED:
        return
    if newest := _newest(main, saved):
        for begin in newest:
            _write_records(main, begin, begin + 8 + _head(main, begin)[2], write)
    else:
        _write_records(main, 0, len(main), write)


def _head(main: bytes, place: int) -> tuple[int, int, int]:
    """What kind of record, its type, its length."""
    how, kind, size = struct.unpack("<HHI", main[place : place + 8].ljust(8, b"\0"))
    return how, kind, size


def _newest(main: bytes, saving: int) -> list[int]:
    """Where things lie, the last saving first: an older place of the same thing no longer counts."""
    places: dict[int, int] = {}
    seen: set[int] = set()
    while saving not in seen and _head(main, saving)[1] == _SAVING:
        seen.add(saving)
        before, listed = struct.unpack("<II", main[saving + 16 : saving + 24].ljust(8, b"\0"))
        _, kind, size = _head(main, listed)
        numbers = memoryview(main[listed + 8 : listed + 8 + size // 4 * 4])
        _learn(places, numbers[: len(numbers) // 4 * 4].cast("I") if kind == _PLACES else memoryview(b"").cast("I"))
        saving = before
    return sorted({place for place in places.values() if place < len(main)})


def _learn(places: dict[int, int], numbers: "memoryview[int]") -> None:
    """Runs: the first number of a thing and how many follow, then a place for each."""
    at = 0
    while at < len(numbers):
        first, count = numbers[at] & 0xF_FFFF, numbers[at] >> 20
        for number, place in enumerate(numbers[at + 1 : at + 1 + count], first):
            places.setdefault(number, place)
        at += 1 + count


def _write_records(main: bytes, place: int, end: int, write: Write) -> None:
    """Steps into what holds others instead of calling itself: however deep they lie, it costs the same."""
    strings = 0  # up to where they are words of a person
    end = min(end, len(main))
    while place + 8 <= end:
        how, kind, size = _head(main, place)
        place += 8
        if how & 0xF == 0xF:  # holds others
            if kind in _WITH_STRINGS:
                strings = place + size
            place += size if _is_model(main, place, how, kind) else 0
            continue
        content = main[place : min(place + size, end)]
        if kind == _TEXT:
            write(content.decode("latin-1").translate(_SIGNS) + "\n")
        elif kind == _WIDE_TEXT or (kind == _STRING and place < strings):
            write(content.decode("utf-16-le", "replace").translate(_SIGNS) + "\n")
        place += size


def _is_model(main: bytes, place: int, how: int, kind: int) -> bool:
    """Notes of no slide are the model of notes; of three lists of texts the second is that of the models."""
    if kind == _NOTES:
        return main[place + 8 : place + 12] == bytes(4)
    return kind in {_MASTER, _HANDOUT} or (kind == _LISTED and how >> 4 == 1)
