from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from vaguemestre.accounts.legal_dates import today
from vaguemestre.arrivals import feed_effects
from vaguemestre.people import testing
from vaguemestre.people.snapshot import compare
from vaguemestre.shared_mailboxes import posts
from vaguemestre.shared_mailboxes.testing import NOW


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., None]:
    """A feed of these rows is applied, and the posts are followed."""

    def take_feed(*rows: dict[str, str], now: datetime = NOW) -> None:
        feed = testing.feed(tmp_path, rows, dated=today(now))
        feed_effects.take_effect(compare(feed, today(now)), now=now, by="operator:test")
        posts.follow_posts(now)

    return take_feed
