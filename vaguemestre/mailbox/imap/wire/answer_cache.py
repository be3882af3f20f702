"""An answer that says the same as the last time is not read again: what was made of it stands."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock


class AnswerCache[T]:
    """What was last made in each place, and of what. Safe between threads; the least used leave first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._made: OrderedDict[Hashable, tuple[Hashable, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, place: Hashable, said: Hashable) -> T | None:
        """None when something else was said there, or nothing yet."""
        with self._lock:
            found = self._made.get(place)
            if found is None or found[0] != said:
                return None
            self._made.move_to_end(place)
            return found[1]

    def last(self, place: Hashable) -> T | None:
        """What was made there last, whatever was said."""
        with self._lock:
            found = self._made.get(place)
            return found[1] if found else None

    def put(self, place: Hashable, said: Hashable, made: T) -> None:
        with self._lock:
            self._made[place] = said, made
            self._made.move_to_end(place)
            while len(self._made) > self._limit:
                self._made.popitem(last=False)
