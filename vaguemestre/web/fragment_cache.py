"""Parts of a page that say the same until what they are made of changes: drawn once for each state, and kept.

What differs at each showing (a token against forgery, the address that an act comes back to) is left open in what is
kept and filled in when it is shown. The key must name everything else that the part is made of, its person included:
nothing else keeps one person's page from another's."""

import secrets
import zlib
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

# Foreseen by nobody: what a message says can never be taken for a place that is left open.
_SALT = secrets.token_hex(8)


class FragmentName(NamedTuple):
    part: str
    language: str | None
    key: object


class FragmentCache:
    """Texts by name, packed; `room` octets of them, the least used leave first. Safe between threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._held = 0
        self._texts: OrderedDict[FragmentName, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, name: FragmentName) -> str | None:
        with self._lock:
            packed = self._texts.get(name)
            if packed is None:
                return None
            self._texts.move_to_end(name)
        return zlib.decompress(packed).decode()

    def put(self, name: FragmentName, text: str) -> None:
        packed = zlib.compress(text.encode(), 1)
        with self._lock:
            self._held += len(packed) - len(self._texts.pop(name, b""))
            self._texts[name] = packed
            while self._held > self._room:
                _name, oldest = self._texts.popitem(last=False)
                self._held -= len(oldest)


def opening(place: int) -> str:
    """What stands in a kept text for the value that is filled in. HTML leaves it as it is."""
    return f"\N{INFORMATION SEPARATOR ONE}{_SALT}{place}\N{INFORMATION SEPARATOR ONE}"


parts = FragmentCache(16 * 1024 * 1024)
