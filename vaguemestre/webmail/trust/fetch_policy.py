"""The way to strangers' servers. The only place of this room that reads `settings.OUTSIDE`."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from django.conf import settings

from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard

MOST_OF_ONE = 8  # pictures that one account waits for at once; the server of images has 24 threads
_under_way: Counter[str] = Counter()
_counting = Condition()


def shows_images() -> bool:
    return bool(settings.OUTSIDE["images"])


def fetch_guard() -> Guard:
    return Guard(settings.OUTSIDE["refused"], settings.OUTSIDE["permitted"])


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
