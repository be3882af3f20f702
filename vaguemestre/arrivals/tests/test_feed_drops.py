"""A feed dropped on the screen: what is shown is what is applied, once, and nothing is lost by a kill."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.arrivals import feed_drops, feed_effects
from vaguemestre.arrivals.models import FeedDrop
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.people.import_lock import my_turn, refuse_to_wait
from vaguemestre.people.models import Snapshot
from vaguemestre.people.snapshot import compare
from vaguemestre.people.testing import row, text

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    for folder in ("imports", "run"):
        (tmp_path / folder).mkdir()
    return tmp_path


def dropped(*rows: dict[str, str], dated: date = TODAY, name: str = "rh.csv") -> FeedDrop:
    content = text(rows, dated=dated).encode()
    return feed_drops.drop_feed(ContentFile(content, name=name), by="boss", now=NOW)


def checked(*rows: dict[str, str]) -> FeedDrop:
    drop = dropped(*rows)
    feed_drops.check_drop(str(drop.pk), NOW)
    drop.refresh_from_db()
    return drop


def test_it_is_kept_for_the_service_alone_and_compared_by_the_clock(data: Path) -> None:
    drop = dropped(row(1), row(2))
    place = data / "imports" / f"drop-{drop.pk}" / "feed.csv"
    assert place.stat().st_mode & 0o777 == 0o600
    assert Due.objects.filter(job=feed_drops.CHECK.name, key=str(drop.pk)).exists()
    due.run(NOW + timedelta(seconds=1))
    drop.refresh_from_db()
    assert drop.state == FeedDrop.State.CHECKED
    assert drop.counts["joiners"] == 2
    assert drop.percent == 100
    shown = feed_drops.shown_changes(drop)
    assert (shown["sections"][0]["key"], shown["sections"][0]["count"]) == ("joiners", 2)
    assert not Account.objects.exists(), "nothing is applied by a look"


def test_it_is_applied_once_and_its_file_deleted(data: Path) -> None:
    drop = checked(row(1), row(2))
    assert feed_drops.decide(drop, by="boss", now=NOW)
    assert not feed_drops.decide(drop, by="other", now=NOW), "from another screen"
    for _time in range(2):
        feed_drops.apply_drop(str(drop.pk), NOW)
    drop.refresh_from_db()
    assert (drop.state, drop.pending, drop.decided_by) == (FeedDrop.State.APPLIED, None, "boss")
    assert Snapshot.objects.count() == 1
    assert Account.objects.count() == 2
    assert not (data / "imports" / f"drop-{drop.pk}").exists()


def test_a_kill_after_the_changes_and_before_the_note_does_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    drop = checked(row(1))
    feed_drops.decide(drop, by="boss", now=NOW)

    def killed(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(feed_drops, "_end", killed)
        with pytest.raises(KeyboardInterrupt):
            feed_drops.apply_drop(str(drop.pk), NOW)
    assert not Snapshot.objects.exists(), "one transaction"
    feed_drops.apply_drop(str(drop.pk), NOW)
    assert Snapshot.objects.count() == 1


def test_where_another_import_came_between_it_is_shown_again() -> None:
    drop = checked(row(1), row(2))
    feed_drops.decide(drop, by="boss", now=NOW)
    other = compare(feed_drops._read(drop), TODAY)
    feed_effects.take_effect(other, now=NOW, by="operator:root")
    feed_drops.apply_drop(str(drop.pk), NOW)
    drop.refresh_from_db()
    assert (drop.state, drop.reason) == (FeedDrop.State.CHECKED, "overtaken")
    assert drop.counts["joiners"] == 0
    assert Snapshot.objects.count() == 1


def test_what_is_no_feed_is_refused_with_its_reason(data: Path) -> None:
    drop = feed_drops.drop_feed(ContentFile(b"\x00\x01PK not a feed\n" * 3, name="photo.jpg"), by="boss", now=NOW)
    feed_drops.check_drop(str(drop.pk), NOW)
    drop.refresh_from_db()
    assert (drop.state, drop.pending) == (FeedDrop.State.REJECTED, None)
    assert drop.reason
    assert list((data / "imports").iterdir()) == []


def test_two_screens_at_once_have_one_feed() -> None:
    dropped(row(1))
    with pytest.raises(feed_drops.PendingDropError):
        dropped(row(2))
    assert FeedDrop.objects.count() == 1


def test_it_waits_while_another_import_runs() -> None:
    drop = dropped(row(1))
    with my_turn(waiting=refuse_to_wait):
        again = feed_drops.check_drop(str(drop.pk), NOW)
    assert isinstance(again, datetime)
    drop.refresh_from_db()
    assert drop.state == FeedDrop.State.CHECKING


def test_one_that_is_left_changes_nothing_and_makes_room(
    data: Path, django_capture_on_commit_callbacks: object
) -> None:
    drop = checked(row(1))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert feed_drops.withdraw(drop, by="boss", now=NOW)
    assert not (data / "imports" / f"drop-{drop.pk}").exists()
    assert not Account.objects.exists()
    dropped(row(2))


def test_one_that_nobody_decides_about_is_left_after_a_week() -> None:
    drop = checked(row(1))
    feed_drops.sweep_drops("", NOW + timedelta(days=6))
    drop.refresh_from_db()
    assert drop.state == FeedDrop.State.CHECKED
    feed_drops.sweep_drops("", NOW + timedelta(days=8))
    drop.refresh_from_db()
    assert drop.state == FeedDrop.State.WITHDRAWN


def test_too_many_closures_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = [row(number) for number in range(1, 31)]
    drop = checked(*everybody)
    feed_drops.decide(drop, by="boss", now=NOW)
    feed_drops.apply_drop(str(drop.pk), NOW)
    few = checked(*everybody[:10])
    assert few.too_many_closures
    assert few.closures == 20
    assert "too_many" in few.counts
