"""Commands as bytes. What comes from outside passes through `quote_string`, or is a checked value, nothing else."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from vaguemestre.mailbox.imap.wire.faults import ProtocolError
from vaguemestre.mailbox.values import Flag, Uid

_PLAIN = re.compile(rb"[\x20-\x7e]{0,900}")
_RANGES_A_COMMAND = 500


def quote_string(value: bytes) -> bytes:
    """A quoted string, or a literal that needs no answer (LITERAL+) when it holds anything unusual."""
    if _PLAIN.fullmatch(value):
        return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    if b"\0" in value:
        raise ValueError("NUL cannot be sent")
    return b"{%d+}\r\n%s" % (len(value), value)


def flag_list(flags: Iterable[str]) -> bytes:
    return b"(" + b" ".join(Flag(flag).encode("ascii") for flag in flags) + b")"


def uid_sets(uids: Sequence[Uid]) -> Iterator[bytes]:
    """Sets of ranges, each short enough for one command line."""
    ranges: list[tuple[int, int]] = []
    for uid in sorted(set(uids)):
        if ranges and ranges[-1][1] == uid - 1:
            ranges[-1] = (ranges[-1][0], int(uid))
        else:
            ranges.append((int(uid), int(uid)))
    for start in range(0, len(ranges), _RANGES_A_COMMAND):
        yield b",".join(
            b"%d" % low if low == high else b"%d:%d" % (low, high)
            for low, high in ranges[start : start + _RANGES_A_COMMAND]
        )


@dataclass(frozen=True, slots=True)
class UidNumbers:
    """A set as the server writes it ("3:5,9"), kept as ranges: a folder of 200,000 unread messages is one."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises `ProtocolError` for what is no set. The server's order is kept: COPYUID pairs two sets by place."""
        ranges = []
        for item in text.split(",") if text else []:
            match = re.fullmatch(r"([1-9][0-9]{0,9})(?::([1-9][0-9]{0,9}))?", item)
            low, high = sorted((int(match[1]), int(match[2] or match[1]))) if match else (0, 0)
            if not 0 < low <= high <= 0xFFFF_FFFF:
                raise ProtocolError(f"not a set: {text[:60]}")
            ranges.append((low, high))
        return cls(tuple(ranges))

    @property
    def text(self) -> str:
        return ",".join(f"{low}" if low == high else f"{low}:{high}" for low, high in self.ranges)

    def __len__(self) -> int:
        return sum(high - low + 1 for low, high in self.ranges)

    def __iter__(self) -> Iterator[int]:
        for low, high in self.ranges:
            yield from range(low, high + 1)

    def below(self, number: int) -> int:
        """How many are smaller."""
        return sum(max(0, min(high, number - 1) - low + 1) for low, high in self.ranges)

    def part(self, start: int, end: int) -> list[int]:
        """The numbers from one place to another, as a slice would give them."""
        found: list[int] = []
        passed = 0
        for low, high in self.ranges:
            first, last = max(low, low + start - passed), min(high, low + end - passed - 1)
            found.extend(range(first, last + 1))
            passed += high - low + 1
        return found
