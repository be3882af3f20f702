"""The client for pictures drawn again: asks the converter's process for one, waits a moment, reads what it has kept.

There are three shelves: small ones for the cards, smaller ones for the rows of a list, and those that no browser draws,
as large as a screen shows them.

What is kept bears the name of whose it is and of where its picture lies (`thumbnail_name`): nobody's name leads to
what was made for somebody else, and a picture that was made once is found without its bytes.
"""

import json
import time
from ctypes.util import find_library
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.sandbox.converter import State, parse_answer

WIDTH, HEIGHT = 360, 160  # points: twice those of a card
ROW = 72, 54  # twice those of a row of a list
INPUT_LIMIT = 25 * 1024 * 1024
_LOOK = 0.025  # seconds between two looks
_JPEG = b"\xff\xd8\xff"
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ThumbnailCache:
    """A folder in the converter's own; bytes of one picture, of all, of one person's; points of a small one."""

    name: str
    of_each: int
    of_all: int
    of_one: int
    size: tuple[int, int] = (WIDTH, HEIGHT)


THUMBNAILS = ThumbnailCache("thumbnails", 128 * 1024, 200 * _MEGABYTE, 8 * _MEGABYTE)
PICTURES = ThumbnailCache("pictures", 6 * _MEGABYTE, 400 * _MEGABYTE, 80 * _MEGABYTE)
ROWS = ThumbnailCache("rows", 16 * 1024, 80 * _MEGABYTE, 4 * _MEGABYTE, ROW)
SHELVES = {shelf.name: shelf for shelf in (THUMBNAILS, PICTURES, ROWS)}
POINTS = 40_000_000  # all of them are drawn before they are made fewer
MORE_POINTS = {
    "image/jpeg": file_signatures.PIXEL_LIMIT,
    "image/heic": 50_000_000,
}  # these are not; those are Apple's largest
MOST_PAGES = 100  # of a scan that are drawn
UNFIT = 3  # how the child ends that cannot draw its picture
LONGEST = 2560  # points of a side, of one that is not small


@lru_cache(maxsize=8192)
def thumbnail_name(owner: str, *place: object) -> str:
    """`place`: whatever says which picture it is, and cannot become another one's."""
    return f"{_digest(owner)[:16]}-{_digest(owner, *place)[:40]}"


def most_points(kind: str) -> int:
    """Of what is read at all, as its head says."""
    return MORE_POINTS.get(kind, POINTS)


@lru_cache(maxsize=1)
def reads_heic() -> bool:
    """By a library of the system's, which may be missing."""
    return find_library("heif") is not None


def cached_thumbnail(folder: Path, name: str, shelf: ThumbnailCache = THUMBNAILS) -> bytes | None:
    """None: it was not made yet. Empty: it cannot be."""
    try:
        with path_of(folder, name, shelf).open("rb") as file:
            content = file.read(shelf.of_each + 1)
    except OSError:
        return None
    # Who made it read what strangers sent: its word is not taken for what it is.
    return content if content.startswith(_JPEG) and len(content) <= shelf.of_each else b""


def has_thumbnail(folder: Path, name: str, shelf: ThumbnailCache) -> bool:
    """Whether one was made, and could be."""
    try:
        return path_of(folder, name, shelf).stat().st_size > 0
    except OSError:
        return False


def make_thumbnail(
    folder: Path, owner: str, name: str, content: bytes, shelf: ThumbnailCache = THUMBNAILS, *, seconds: float
) -> bytes:
    """Empty when it cannot be made, or not so soon: then it may be there the next time. Without `content`: one that was
    asked for before is waited for."""
    deadline = time.monotonic() + seconds
    if content and request_thumbnail(folder, owner, name, content, shelf, timeout=seconds) not in {"waiting", "done"}:
        return b""
    while (made := cached_thumbnail(folder, name, shelf)) is None and time.monotonic() < deadline:
        time.sleep(_LOOK)
    return made or b""


def request_thumbnail(
    folder: Path, owner: str, name: str, content: bytes, shelf: ThumbnailCache = THUMBNAILS, *,
    page: int = 1, timeout: float = 5.0,
) -> State:  # fmt: skip
    """Where it stands. `page`: of a scan, which has a name of its own."""
    head = {"owner": owner, "picture": name, "shelf": shelf.name, "page": str(page)}
    return parse_answer(folder, head, content, timeout)


@lru_cache(maxsize=8192)
def path_of(folder: Path, name: str, shelf: ThumbnailCache = THUMBNAILS) -> Path:
    return folder / shelf.name / f"{name}.jpg"


def _digest(*said: object) -> str:
    return sha256(json.dumps([str(one) for one in said]).encode()).hexdigest()
