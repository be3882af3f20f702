"""The last feed: its age, and what was refused of it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from vaguemestre.arrivals import feed_age
from vaguemestre.people.models import Snapshot
from vaguemestre.web.findings import Severity

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def taken_in(number: int, at: datetime, *, refused: int = 0, undone: bool = False) -> None:
    Snapshot.objects.create(
        number=number, dated=date(2026, 11, 1), applied_at=at, digest="", lines=1, counts={"refused": refused},
        undone_at=at if undone else None,
    )  # fmt: skip


def test_before_the_first_one_nothing_is_said() -> None:
    assert list(feed_age.feed_gauges(NOW)) == []
    assert list(feed_age.feed_findings(NOW)) == []


def test_the_last_one_counts_but_for_one_taken_back() -> None:
    taken_in(1, NOW - 2 * DAY, refused=3)
    taken_in(2, NOW - DAY, undone=True)
    told = {gauge.name: gauge.value for gauge in feed_age.feed_gauges(NOW)}
    assert told == {"feed_age_seconds": 2 * 86400, "feed_refused_lines": 3}
    assert [finding.severity for finding in feed_age.feed_findings(NOW)] == [Severity.NOTE]


def test_one_that_does_not_come_needs_somebody() -> None:
    taken_in(1, NOW - 9 * DAY)
    assert [finding.severity for finding in feed_age.feed_findings(NOW)] == [Severity.ALARM]
