"""The bytes of a file as a browser asks for them: all, or the part that a broken download still wants. No Django: the
process that serves them has no database."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from vaguemestre.handouts.encrypted_file import DamagedFileError, Seal

__all__ = ["PLAIN", "DamagedFileError", "OutOfRangeError", "entity_tag", "parse_range", "read_morsels"]
PLAIN = "application/octet-stream"  # whatever its sender's browser called it
MORSEL = 64 * 1024  # the server keeps some ahead of a slow reader: of whole chunks that would be ten megabytes
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


class OutOfRangeError(Exception):
    """Nothing of the file lies there."""


def parse_range(asked: str, size: int) -> tuple[int, int] | None:
    """From where to before where. None for all of it: also when several parts are asked for, in another unit, or one
    that ends before it begins (RFC 9110, 14.1.1)."""
    found = _RANGE.fullmatch(asked.strip())
    if not found or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if first and last and int(last) < int(first):
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= end:
        raise OutOfRangeError
    return start, end


def entity_tag(key: str) -> str:
    """The same as long as the file is: it never changes."""
    return f'"{hashlib.sha256(key.encode()).hexdigest()[:16]}"'


def read_morsels(path: Path, seal: bytes, size: int, part: tuple[int, int]) -> Iterator[bytes]:
    """Raises DamagedFileError, OSError."""
    with path.open("rb") as file:
        for chunk in Seal(seal, size).read(file, *part):
            yield from (chunk[place : place + MORSEL] for place in range(0, len(chunk), MORSEL))
