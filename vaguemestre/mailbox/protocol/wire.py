"""Commands as bytes. Whatever comes from outside passes through `quoted`, or is a checked value; nothing else does."""

import re
from collections.abc import Iterable, Iterator, Sequence

from vaguemestre.mailbox.values import Flag, Uid

_PLAIN = re.compile(rb"[\x20-\x7e]{0,900}")
_RANGES_A_COMMAND = 500


def quoted(value: bytes) -> bytes:
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


def parse_set(text: str, *, limit: int = 1_000_000) -> list[int]:
    """Numbers of a set that the server wrote ("3:5,9"), in its order; more than `limit` is refused."""
    numbers: list[int] = []
    for item in text.split(",") if text else []:
        match = re.fullmatch(r"([0-9]{1,10})(?::([0-9]{1,10}))?", item)
        if match is None:
            raise ValueError(f"not a set: {text[:60]}")
        low, high = sorted((int(match[1]), int(match[2] or match[1])))
        if len(numbers) + high - low >= limit:
            raise ValueError("set too large")
        numbers.extend(range(low, high + 1))
    return numbers
