"""Whose document is next: one of each person in turn, so that nobody waits behind all that somebody else opens."""

from collections import OrderedDict, deque
from threading import Condition


class FairQueue:
    """`most` documents wait in all, `most_of_one` of one person."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._waiting: OrderedDict[str, deque[str]] = OrderedDict()
        self._changed = Condition()

    def put(self, owner: str, document: str) -> bool:
        """False when there is no room."""
        with self._changed:
            if not self.has_room(owner):
                return False
            own = self._waiting.get(owner, deque())
            own.append(document)
            self._waiting.setdefault(owner, own)
            self._changed.notify()
            return True

    def has_room(self, owner: str) -> bool:
        with self._changed:
            own = self._waiting.get(owner, ())
            return len(own) < self._most_of_one and sum(map(len, self._waiting.values())) < self._most

    def get(self, timeout: float) -> str | None:
        """The next one; its owner goes behind everybody else. None when nothing came."""
        with self._changed:
            if not self._changed.wait_for(lambda: bool(self._waiting), timeout):
                return None
            owner, own = self._waiting.popitem(last=False)
            document = own.popleft()
            if own:
                self._waiting[owner] = own
            return document
