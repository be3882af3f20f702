"""Parts of a page that say the same until what they are made of changes: drawn once for each state, and kept.

What differs at each showing (a token against forgery, the address that an act comes back to) is a hole in what is kept,
filled when it is shown. The key must name everything else that the part is made of, its person included: nothing else
keeps one person's page from another's."""

import marshal
import re
import secrets
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

# Foreseen by nobody: what a message says can never be taken for a hole.
_SALT = secrets.token_hex(8)
_HOLE = re.compile(f"\N{INFORMATION SEPARATOR ONE}{_SALT}(\\d+)\N{INFORMATION SEPARATOR ONE}")

type Pieces = list[str]  # texts, and between them the numbers of holes: text, number, text, … text


class FragmentName(NamedTuple):
    part: str
    language: str | None
    key: object


class FragmentCache:
    """Pieces by name, packed; `room` bytes of them, the least used leave first. Safe between threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._held = 0
        self._packed: OrderedDict[FragmentName, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, name: FragmentName) -> Pieces | None:
        with self._lock:
            packed = self._packed.get(name)
            if packed is None:
                return None
            self._packed.move_to_end(name)
        pieces: Pieces = marshal.loads(zlib.decompress(packed))  # noqa: S302 - written by this process itself
        return pieces

    def put(self, name: FragmentName, pieces: Pieces) -> None:
        packed = zlib.compress(marshal.dumps(pieces), 1)
        with self._lock:
            self._held += len(packed) - len(self._packed.pop(name, b""))
            self._packed[name] = packed
            while self._held > self._room:
                _name, oldest = self._packed.popitem(last=False)
                self._held -= len(oldest)


def hole(number: int) -> str:
    """What is drawn in the place of a value that is filled in later. HTML leaves it as it is."""
    return f"\N{INFORMATION SEPARATOR ONE}{_SALT}{number}\N{INFORMATION SEPARATOR ONE}"


def split_at_holes(drawn: str) -> Pieces:
    return _HOLE.split(drawn)


def filled(pieces: Pieces, values: Sequence[str]) -> str:
    """`values`: of each hole, in the order of their numbers."""
    return "".join([values[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)])


fragments = FragmentCache(16 * 1024 * 1024)
