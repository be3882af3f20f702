"""What was made of a mail, for a while: opened again, or made ready before it is opened, it is not cleaned twice.

Found by whose mail it is, what was wished and every byte of it: nobody meets here what somebody else has received.
Also by a name that the asker has given to the text (which message, which part): then its bytes need not come again.
Who asks for what is being made waits for it rather than has it made twice: it is answered by whoever makes it.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

type Made = tuple[bytes, bytes]  # what was said of it, and the HTML
MOST_NAMES = 4096


class ResultCache[Asker]:
    """`Asker`: whoever is to be answered, as far as the shelf is concerned."""

    def __init__(
        self, *, octets: int = 32 * 1024 * 1024, seconds: float = 600, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = octets
        self._seconds = seconds
        self._clock = clock
        self._made: OrderedDict[bytes, tuple[float, Made]] = OrderedDict()
        self._octets = 0
        self._waiting: dict[bytes, list[Asker]] = {}  # for what is being made
        self._named: OrderedDict[bytes, bytes] = OrderedDict()  # places by name
        self._lock = Lock()

    def find(self, place: bytes, asker: Asker, name: bytes | None = None) -> tuple[Made | None, bool]:
        """What is there, and whether `asker` is the one that makes it, who says `done` in any case. Neither: it is
        being made, and `asker` is answered with it."""
        with self._lock:
            self._let_go()
            if name:
                self._named[name] = place
                while len(self._named) > MOST_NAMES:
                    self._named.popitem(last=False)
            if found := self._made.get(place):
                return found[1], False
            if place in self._waiting:
                self._waiting[place].append(asker)
                return None, False
            self._waiting[place] = []
            return None, True

    def find_named(self, name: bytes, asker: Asker) -> tuple[Made | None, bool]:
        """What is there, and whether it is being made: then `asker` is answered with it. Neither: its bytes have to
        come."""
        with self._lock:
            self._let_go()
            place = self._named.get(name, b"")
            if place in self._waiting:
                self._waiting[place].append(asker)
                return None, True
            found = self._made.get(place)
            return found and found[1], False

    def done(self, place: bytes) -> list[Asker]:
        """With it or in vain. Answers who waits for the same answer."""
        with self._lock:
            return self._waiting.pop(place)

    def put(self, place: bytes, asked: bytes, answer: bytes, html: bytes) -> Made | None:
        """As it is kept. `asked`: it names the mark that the HTML bears, which whoever finds it must know. None for a
        refusal, which is not kept: the next try may have more luck."""
        said = _read(answer)
        if not said or "error" in said:
            return None
        made = json.dumps(said | {"mark": _read(asked).get("mark")}).encode(), html
        with self._lock:
            _until, former = self._made.pop(place, (0.0, (b"", b"")))
            self._made[place] = self._clock() + self._seconds, made
            self._octets += _weight(made) - _weight(former)
            self._let_go()
        return made

    def _let_go(self) -> None:
        """The oldest first: what is too old, and what there is no room for."""
        now = self._clock()
        while self._made and (self._octets > self._limit or next(iter(self._made.values()))[0] <= now):
            _place, (_until, made) = self._made.popitem(last=False)
            self._octets -= _weight(made)


@dataclass(frozen=True, slots=True)
class Request:
    """Where the answer to it lies: by all bytes (`place`) and by the text's name; None when nobody is named whose mail
    it is: then nothing is kept. `by_name`: its bytes were not sent."""

    place: bytes | None
    name: bytes | None
    by_name: bool


def read_request(asked: bytes, content: bytes) -> Request:
    wishes = _read(asked)
    by_name = bool(wishes.get("by_name"))
    if not wishes.get("whose"):
        return Request(None, None, by_name)
    told = wishes.get("name")
    wished = {name: wish for name, wish in wishes.items() if name not in {"mark", "name", "by_name"}}
    whole = json.dumps(wished, sort_keys=True).encode() + b"\0"
    name = sha256(whole + b"name\0" + str(told).encode()).digest() if told else None
    return Request(None if by_name else sha256(whole + b"text\0" + content).digest(), name, by_name)


def _read(head: bytes) -> dict[str, object]:
    """Nothing in what makes no sense: a worker that broke may say anything."""
    try:
        found = json.loads(head)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _weight(made: Made) -> int:
    return sum(map(len, made))
