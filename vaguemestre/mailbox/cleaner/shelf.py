"""What was made of a mail, for a while: opened again, or made ready before it is opened, it is not cleaned twice.

Found by whose mail it is, what was wished and every octet of it: nobody meets here what somebody else has received.
Who asks for what is being made waits for it rather than has it made twice.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Condition

type Made = tuple[bytes, bytes]  # what was said of it, and the HTML


class Shelf:
    def __init__(
        self, *, octets: int = 32 * 1024 * 1024, seconds: float = 600, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = octets
        self._seconds = seconds
        self._clock = clock
        self._made: OrderedDict[bytes, tuple[float, Made]] = OrderedDict()
        self._octets = 0
        self._making: set[bytes] = set()
        self._lock = Condition()

    def find(self, place: bytes, *, patience: float = 0.0) -> Made | None:
        """None: whoever asks makes it, and says so with `put`, `done` in any case. What is being made is waited for,
        at most `patience` seconds."""
        with self._lock:
            self._lock.wait_for(lambda: place not in self._making, patience)
            self._let_go()
            found = self._made.get(place)
            if found is None:
                self._making.add(place)
            return found[1] if found else None

    def done(self, place: bytes) -> None:
        """With it, or in vain: then whoever waits makes it."""
        with self._lock:
            self._making.discard(place)
            self._lock.notify_all()

    def put(self, place: bytes, asked: bytes, answer: bytes, html: bytes) -> None:
        """`asked`: it names the mark that the HTML bears, which whoever finds it must know. A refusal is not kept: the
        next try may have more luck."""
        said = _read(answer)
        if not said or "error" in said:
            return
        made = json.dumps(said | {"mark": _read(asked).get("mark")}).encode(), html
        with self._lock:
            _until, former = self._made.pop(place, (0.0, (b"", b"")))
            self._made[place] = self._clock() + self._seconds, made
            self._octets += _weight(made) - _weight(former)
            self._let_go()

    def _let_go(self) -> None:
        """The oldest first: what is too old, and what there is no room for."""
        now = self._clock()
        while self._made and (self._octets > self._limit or next(iter(self._made.values()))[0] <= now):
            _place, (_until, made) = self._made.popitem(last=False)
            self._octets -= _weight(made)


def place_of(asked: bytes, content: bytes) -> bytes | None:
    """None when nobody is named whose mail it is: then nothing is kept."""
    wishes = _read(asked)
    if not wishes.get("whose"):
        return None
    wished = {name: wish for name, wish in wishes.items() if name != "mark"}
    return sha256(json.dumps(wished, sort_keys=True).encode() + b"\0" + content).digest()


def _read(head: bytes) -> dict[str, object]:
    """Nothing in what makes no sense: a worker that broke may say anything."""
    try:
        found = json.loads(head)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _weight(made: Made) -> int:
    return sum(map(len, made))
