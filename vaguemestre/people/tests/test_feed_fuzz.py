"""Whatever a file holds, reading ends in a feed or in one word of refusal; and no NUMEN is in it."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from vaguemestre.people import testing
from vaguemestre.people.feed import Feed, read_feed
from vaguemestre.people.refusal import FeedRejectedError
from vaguemestre.people.testing import row, text

quietly = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
COLUMNS = st.sampled_from(testing.HEADER)
VALUES = st.one_of(
    st.text(max_size=80), st.sampled_from(['"', ";", "\x00", "20E2000001ABC", "0809901C", "#FIN;2", " "])
)


def outcome(folder: Path, content: bytes) -> Feed | FeedRejectedError:
    file = folder / "feed.csv"
    file.write_bytes(content)
    try:
        return read_feed(file)
    except FeedRejectedError as rejected:
        return rejected


@quietly
@given(content=st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    assert isinstance(outcome(tmp_path, content), FeedRejectedError)


@quietly
@given(content=st.binary(max_size=300))
def test_any_bytes_as_a_line(tmp_path: Path, content: bytes) -> None:
    head, mark, tail = text([row(1), row(3)]).encode().partition(b"RH3")
    feed = outcome(tmp_path, head + content.replace(b"\n", b" ") + b"\n" + mark + tail.replace(b"#FIN;2", b"#FIN;3"))
    if isinstance(feed, Feed):
        assert {line.number for line in feed.lines} >= {3, 5}
    else:
        assert feed.line is not None


@quietly
@given(changes=st.dictionaries(COLUMNS, VALUES, max_size=4))
def test_any_values_in_a_row(tmp_path: Path, changes: dict[str, str]) -> None:
    content = text([row(1), row(2, **changes), row(3)])
    feed = outcome(tmp_path, content.encode(errors="surrogateescape"))
    if isinstance(feed, FeedRejectedError):  # a line break in a value makes two lines of one
        assert any("\n" in value for value in changes.values()) or "#FIN;2" in changes.get("hr_key", "")
        return
    accepted = {line.number for line in feed.lines}
    refused = {refusal.line for refusal in feed.refused}
    assert accepted.isdisjoint(refused)
    assert len(accepted | refused) == feed.count
    shown = " ".join(f"{refusal.value} {refusal.reason}" for refusal in feed.refused)
    assert not re.search(r"20E2\d{6}[A-Z]{3}", shown)  # as those of the rows, unlike the example in a reason


@quietly
@given(cut=st.integers(min_value=0, max_value=10_000))
def test_a_feed_cut_anywhere_is_never_taken_for_whole(tmp_path: Path, cut: int) -> None:
    content = text([row(1), row(2)]).encode().rstrip(b"\n")
    cut %= len(content)
    assert isinstance(outcome(tmp_path, content[:cut]), FeedRejectedError)


@pytest.mark.parametrize("mark", ["#FIN", "#FIN;", "#FIN;²", "#FIN;-2", "#FIN;2.0", "#FINI;2", "#fin;2"])
def test_no_other_last_line_closes(tmp_path: Path, mark: str) -> None:
    content = text([row(1), row(2)]).replace("#FIN;2", mark)
    with contextlib.suppress(UnicodeDecodeError):
        assert isinstance(outcome(tmp_path, content.encode()), FeedRejectedError)
