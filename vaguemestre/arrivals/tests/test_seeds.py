"""The demo's feeds are what their generator writes: whoever changes one changes the other."""

from pathlib import Path

import pytest

from seeds import make_feed


@pytest.mark.parametrize("name", ["hr-feed-1.csv", "hr-feed-2.csv"])
def test_the_committed_feed_is_the_generated_one(name: str) -> None:
    assert (Path(make_feed.__file__).parent / name).read_text(encoding="utf-8") == make_feed.texts()[name]
