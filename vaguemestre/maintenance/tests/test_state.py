"""What is closed when, by whom, and what it costs to know."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from pytest_django import DjangoAssertNumQueries

from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.maintenance import acts, state
from vaguemestre.maintenance.acts import MaintenanceRefusedError, Plan
from vaguemestre.maintenance.models import Maintenance, Part
from vaguemestre.maintenance.words import MaintenanceState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)  # 21 h in Paris
HOUR = timedelta(hours=1)
BY = "operator:test"


def planned(
    *, start: timedelta = HOUR, ends_by_itself: bool = False, closes: tuple[Part, ...] = (Part.WEBMAIL,)
) -> Maintenance:
    plan = Plan(NOW + start, NOW + start + 2 * HOUR, "Nouveau disque.", closes, ends_by_itself)
    return acts.announce(plan, by=BY, now=NOW)


def test_announced_begun_ended() -> None:
    row = planned()
    assert (state.current(NOW), state.announced(NOW)) == (None, row)
    acts.begin(row, by=BY, now=NOW + HOUR)
    assert (state.current(NOW + HOUR), state.announced(NOW + HOUR)) == (row, None)
    acts.end(row, by=BY, now=NOW + 2 * HOUR)
    acts.end(row, by=BY, now=NOW + 2 * HOUR)
    assert state.current(NOW + 2 * HOUR) is None
    told = list(Entry.objects.filter(subject=row.key).order_by("id").values_list("act", flat=True))
    assert told == ["maintenance.announced", "maintenance.begun", "maintenance.ended"]


def test_it_begins_by_hand_only_and_goes_on_past_its_hour() -> None:
    row = planned()
    assert state.current(NOW + 2 * HOUR) is None
    acts.begin(row, by=BY, now=NOW + HOUR)
    assert state.current(NOW + 30 * HOUR) == row
    assert MaintenanceState(row, NOW + 30 * HOUR).late


def test_it_ends_by_itself_only_if_told_so_and_the_journal_hears() -> None:
    row = planned(ends_by_itself=True)
    acts.begin(row, by=BY, now=NOW + HOUR)
    assert state.current(NOW + 3 * HOUR - timedelta(seconds=1)) == row
    assert state.current(NOW + 3 * HOUR) is None
    due.run(NOW + 3 * HOUR)
    assert Entry.objects.filter(act="maintenance.ended", actor="system", subject=row.key).count() == 1


def test_an_announcement_is_withdrawn() -> None:
    row = planned()
    acts.end(row, by=BY, now=NOW)
    assert state.announced(NOW) is None
    with pytest.raises(MaintenanceRefusedError):
        acts.begin(row, by=BY, now=NOW)


def test_two_at_once_are_refused() -> None:
    first, second = planned(), planned()
    acts.begin(first, by=BY, now=NOW)
    with pytest.raises(MaintenanceRefusedError, match="en cours"):
        acts.begin(second, by=BY, now=NOW)


@pytest.mark.parametrize(("start", "length"), [(HOUR, -HOUR), (-5 * HOUR, HOUR)])
def test_dates_that_make_no_sense(start: timedelta, length: timedelta) -> None:
    with pytest.raises(MaintenanceRefusedError):
        acts.announce(Plan(NOW + start, NOW + start + length, "", []), by=BY, now=NOW)


def test_one_query_every_few_seconds(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        for tenth in range(29):
            state.current(NOW + timedelta(milliseconds=100 * tenth))
            state.announced(NOW + timedelta(milliseconds=100 * tenth))
    with django_assert_num_queries(1):
        state.current(NOW + state.KEPT)


def test_without_a_database_what_was_known_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    row = planned()
    acts.begin(row, by=BY, now=NOW)
    assert state.current(NOW) == row

    def away(**_filter: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(Maintenance.objects, "filter", away)
    assert state.current(NOW + 2 * state.KEPT) == row


def test_the_command_at_two_in_the_morning() -> None:
    def say(*words: str) -> str:
        out = StringIO()
        call_command("maintenance", *words, stdout=out)
        return out.getvalue()

    assert "rien" in say("show").lower() or "nothing" in say("show").lower()
    say("announce", "--from", "23h", "--until", "23h30", "--close", "webmail,desk", "--text", "Nouveau disque.")
    row = Maintenance.objects.get()
    assert (row.closes, row.text, row.begun_at) == (["webmail", "desk"], "Nouveau disque.", None)
    assert row.ends_at - row.starts_at == timedelta(minutes=30)
    assert "Nouveau disque." in say("on")
    row.refresh_from_db()
    assert row.under_way
    say("off")
    row.refresh_from_db()
    assert row.ended_at
    with pytest.raises(CommandError):
        say("off")
    with pytest.raises(CommandError, match="22h"):
        say("announce", "--from", "tout à l’heure")
    say("on")
    newest = Maintenance.objects.latest("pk")
    assert (newest.closes, newest.under_way) == (["sign-in"], True)
