"""The container of office documents before 2007 ([MS-CFB]): a small file system in sectors. Runs in the bounded child.

Nothing that it says of itself is believed: a chain is followed no further than there are sectors, a stream is no longer
than its chain, and what is cut off is read as far as it goes.
"""

import struct
from array import array
from collections.abc import Iterator, Mapping

_HEADER = struct.Struct("<30x2H14xI4xII4xI")  # sizes of sectors, then where the directory and the tables begin
_FIRST_TABLES = 109
_LAST = 0xFFFF_FFFA  # this and what follows are no sectors
_NONE = 0xFFFF_FFFF
_ENTRY, _NAME_LIMIT = 128, 64
_STREAM, _ROOT = 2, 5


class NoContainerError(Exception):
    """Too broken to find anything in it."""


class Compound:
    """`streams`: those at the top, by name. What lies deeper belongs to embedded objects."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) < 512:
            raise NoContainerError
        shift, mini_shift, directory, cutoff, mini_table, tables = _HEADER.unpack_from(raw)
        if shift not in {9, 12} or mini_shift != 6:
            raise NoContainerError
        self._raw, self._size, self._cutoff = raw, 1 << shift, cutoff
        self._table = self._whole_table(tables)
        entries = self._joined(directory)
        if len(entries) < _ENTRY or entries[66] != _ROOT:
            raise NoContainerError
        self._mini_table = _numbers(self._joined(mini_table))
        start, size = struct.unpack_from("<II", entries, 116)
        self._mini = self._joined(start)[:size]
        self.streams: Mapping[str, tuple[int, int]] = dict(_top_streams(entries))

    def read(self, name: str) -> bytes:
        """Empty where there is none."""
        start, size = self.streams.get(name, (_NONE, 0))
        if size >= self._cutoff:
            return self._joined(start)[:size]
        places = _chain(self._mini_table, start, len(self._mini) // 64 + 1)
        return b"".join(self._mini[place * 64 : place * 64 + 64] for place in places)[:size]

    def _sector(self, number: int) -> bytes:
        return self._raw[(number + 1) * self._size : (number + 2) * self._size]

    def _joined(self, start: int) -> bytes:
        return b"".join(map(self._sector, _chain(self._table, start, len(self._raw) // self._size)))

    def _whole_table(self, more: int) -> array[int]:
        """Which sector follows which. Where the table lies is said in the header, then in sectors of its own."""
        where = _numbers(self._raw[76 : 76 + 4 * _FIRST_TABLES])
        for _ in range(len(self._raw) // self._size):
            if more >= _LAST or not (listed := _numbers(self._sector(more))):
                break
            more = listed.pop()
            where.extend(listed)
        limit = len(self._raw) // self._size * 4 // self._size + 1  # as many as the file's sectors need
        used = [number for number in where if number < _LAST][:limit]
        return _numbers(b"".join(map(self._sector, used)))


def _numbers(octets: bytes) -> array[int]:
    found = array("I")
    found.frombytes(octets[: len(octets) // 4 * 4])
    return found


def _chain(table: array[int], start: int, most: int) -> Iterator[int]:
    place = start
    for _ in range(most):
        if place >= len(table):
            return
        yield place
        place = table[place]


def _top_streams(entries: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    """The root's children are a tree: each names one to its left and one to its right."""
    count = len(entries) // _ENTRY
    waiting, seen = [_at(entries, 0, 76)], set[int]()
    while waiting:
        place = waiting.pop()
        if place >= count or place in seen:
            continue
        seen.add(place)
        waiting += [_at(entries, place, 68), _at(entries, place, 72)]
        begin = place * _ENTRY
        if entries[begin + 66] == _STREAM:
            length = min(int.from_bytes(entries[begin + 64 : begin + 66], "little"), _NAME_LIMIT)
            name = entries[begin : begin + length].decode("utf-16-le", "replace").rstrip("\0")
            yield name, (_at(entries, place, 116), _at(entries, place, 120))


def _at(entries: bytes, place: int, offset: int) -> int:
    return int.from_bytes(entries[place * _ENTRY + offset : place * _ENTRY + offset + 4], "little")
