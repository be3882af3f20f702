"""The client for pictures made small: asks the converter's process for one, waits a moment, reads what it has kept.

What is kept bears the name of whose it is and of where its picture lies (`name_of`): nobody's name leads to what was
made for somebody else, and a picture that was made once is found without its octets.
"""

import json
import time
from hashlib import sha256
from pathlib import Path

from vaguemestre.mailbox.cleaner.frames import FrameBroken
from vaguemestre.mailbox.converter import told

WIDTH, HEIGHT = 360, 160  # points: twice those of a card
INPUT_LIMIT = 25 * 1024 * 1024
OUTPUT_LIMIT = 128 * 1024
FOLDER = "thumbnails"  # in the converter's own
_LOOK = 0.025  # seconds between two looks
_JPEG = b"\xff\xd8\xff"


def name_of(owner: str, *place: object) -> str:
    """`place`: whatever says which picture it is, and cannot become another one's."""
    return f"{_digest(owner)[:16]}-{_digest(owner, *place)[:40]}"


def kept(folder: Path, name: str) -> bytes | None:
    """None: it was not made yet. Empty: it cannot be."""
    try:
        with path_of(folder, name).open("rb") as file:
            content = file.read(OUTPUT_LIMIT + 1)
    except OSError:
        return None
    # Who made it read what strangers sent: its word is not taken for what it is.
    return content if content.startswith(_JPEG) and len(content) <= OUTPUT_LIMIT else b""


def make(folder: Path, owner: str, name: str, content: bytes, *, seconds: float) -> bytes:
    """Empty when it cannot be made, or not so soon: then it may be there the next time."""
    deadline = time.monotonic() + seconds
    try:
        with told(folder, {"owner": owner, "thumbnail": name}, content, timeout=seconds):
            pass  # nothing is answered
    except (OSError, FrameBroken):
        return b""
    while (made := kept(folder, name)) is None and time.monotonic() < deadline:
        time.sleep(_LOOK)
    return made or b""


def path_of(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.jpg"


def _digest(*said: object) -> str:
    return sha256(json.dumps([str(one) for one in said]).encode()).hexdigest()
