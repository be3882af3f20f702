"""How many pictures one reader waits for at once, in this process: strangers' servers may be slow."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

MOST_OF_ONE = 8  # of the 24 threads that there are for pictures
_under_way: Counter[str] = Counter()
_counting = Condition()


@contextmanager
def fetch_share(access_key: str, most: int = MOST_OF_ONE, *, seconds: float = 0) -> Iterator[bool]:
    """False to who already waits for so many pictures that one more would take a thread from everybody else, also
    after some `seconds`."""
    with _counting:
        granted = _counting.wait_for(lambda: _under_way[access_key] < most, seconds)
        _under_way[access_key] += granted
    try:
        yield granted
    finally:
        with _counting:
            _under_way[access_key] -= granted
            _counting.notify_all()
            if not _under_way[access_key]:
                del _under_way[access_key]
