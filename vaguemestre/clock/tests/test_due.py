"""Timed acts: once, again after a failure, and never lost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from vaguemestre.clock import due, worker
from vaguemestre.clock.models import Due
from vaguemestre.web import metrics

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
calls: list[tuple[str, datetime]] = []

JOB = due.Job("tests.due.note")
FAILING = due.Job("tests.due.fail")
AGAIN = due.Job("tests.due.ask_again")


@JOB.register
def note(key: str, now: datetime) -> None:
    calls.append((key, now))


@FAILING.register
def fail(key: str, now: datetime) -> None:
    calls.append((key, now))
    raise RuntimeError("the far side is closed")


@AGAIN.register
def ask_again(key: str, now: datetime) -> None:
    """Its key says after how many seconds."""
    calls.append((key, now))
    due.at(now + timedelta(seconds=int(key)), AGAIN, key)


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    calls.clear()


def test_an_act_waits_for_its_time_and_is_done_once() -> None:
    due.at(NOON, JOB, "a")
    assert due.run(NOON - timedelta(seconds=1)) == 0
    assert due.run(NOON) == 1
    assert due.run(NOON + HOUR) == 0
    assert calls == [("a", NOON)]


def test_the_same_job_and_key_replaces() -> None:
    due.at(NOON, JOB, "a")
    due.at(NOON + HOUR, JOB, "a")
    due.at(NOON, JOB, "b")
    due.run(NOON)
    assert [key for key, _now in calls] == ["b"]
    assert Due.objects.get().at == NOON + HOUR


def test_postponed_all_of_one_job_wait_and_those_already_read_as_well() -> None:
    for key, job in (("a", JOB), ("b", JOB), ("late", JOB), ("a", AGAIN)):
        due.at(NOON + HOUR if key == "late" else NOON, job, key)
    [read_before] = Due.objects.filter(job=JOB.name, key="b")
    due.postpone(JOB, NOON + HOUR / 2)
    assert due._attempt(read_before, NOON) is False
    assert due.all_planned(JOB, ["a", "b", "late"]) == {
        "a": NOON + HOUR / 2, "b": NOON + HOUR / 2, "late": NOON + HOUR
    }  # fmt: skip
    assert due.all_planned(AGAIN, ["a"]) == {"a": NOON}


def test_dropped_is_not_done() -> None:
    due.at(NOON, JOB, "a")
    due.drop(JOB, "a")
    assert due.run(NOON) == 0


def test_an_act_belongs_to_the_transaction_that_asked() -> None:
    with transaction.atomic():
        due.at(NOON, JOB, "a")
        transaction.set_rollback(True)
    assert due.run(NOON) == 0


def test_oldest_first_and_one_failure_does_not_stop_the_others() -> None:
    due.at(NOON - HOUR, FAILING, "first")
    due.at(NOON, JOB, "second")
    assert due.run(NOON) == 1
    assert [key for key, _now in calls] == ["first", "second"]


def test_a_failure_keeps_its_error_and_waits_longer_each_time() -> None:
    due.at(NOON, FAILING, "a")
    due.run(NOON)
    row = Due.objects.get()
    assert (row.attempts, row.error, row.at) == (1, "RuntimeError: the far side is closed", NOON + due.FIRST_RETRY)
    assert due.run(NOON + timedelta(seconds=59)) == 0
    assert len(calls) == 1
    due.run(row.at)
    assert Due.objects.get().at == row.at + 3 * due.FIRST_RETRY
    assert due.retry_delay(1000) == due.LONGEST_RETRY


def test_an_unknown_job_waits_shows_its_error_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    Due.objects.create(job="tests.due.of_a_later_version", key="a", at=NOON)
    due.at(NOON, JOB, "b")
    assert due.run(NOON) == 1
    row = Due.objects.get()
    assert (row.error, row.at) == ("LookupError: no job is named tests.due.of_a_later_version", NOON + due.FIRST_RETRY)
    assert "of_a_later_version" in caplog.text
    assert due.count_unknown() == 1
    assert "\nvaguemestre_jobs_unknown 1\n" in metrics.metrics_text(NOON)


def test_a_name_has_one_job_and_a_job_one_function() -> None:
    with pytest.raises(ValueError, match="two jobs"):
        due.Job(JOB.name)
    with pytest.raises(ValueError, match="two functions"):
        JOB.register(fail)


@pytest.mark.parametrize("every", [None, 60])
@pytest.mark.parametrize("attempts", range(4))
@pytest.mark.parametrize("seconds", [0, 1, 60, 180, 540, 3600])
def test_a_job_may_ask_for_itself_again(
    monkeypatch: pytest.MonkeyPatch, seconds: int, attempts: int, every: int | None
) -> None:
    """Also for the very moment at which the clock would have tried it again by itself, or at which it recurs."""
    monkeypatch.setattr(AGAIN, "every", every)
    due.at(NOON, AGAIN, str(seconds))
    Due.objects.update(attempts=attempts)
    assert due.run(NOON) == 1
    row = Due.objects.get()
    assert (row.at, row.attempts) == (NOON + timedelta(seconds=seconds), 0)


def test_a_job_may_say_when_it_comes_again_and_a_sooner_request_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JOB, "act", lambda _key, now: now + HOUR)
    due.at(NOON, JOB, "a")
    due.run(NOON)
    assert Due.objects.get().at == NOON + HOUR

    def act_meanwhile_asked(key: str, now: datetime) -> datetime:
        due.at(now, JOB, key)  # as another process does
        return now + HOUR

    monkeypatch.setattr(JOB, "act", act_meanwhile_asked)
    due.run(NOON + HOUR)
    assert Due.objects.get().at == NOON + HOUR


def test_a_request_made_while_an_act_fails_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sending of a page, which asks for the message that the clock is at."""

    def ask_and_fail(key: str, now: datetime) -> None:
        ask_again(key, now)
        raise RuntimeError("the far side is closed")

    monkeypatch.setattr(AGAIN, "act", ask_and_fail)
    due.at(NOON, AGAIN, "60")
    assert due.run(NOON) == 0
    row = Due.objects.get()
    assert (row.at, row.attempts, row.error) == (NOON + due.FIRST_RETRY, 0, None)


def test_who_asks_while_it_runs_for_the_moment_that_it_had_is_heard() -> None:
    due.at(NOON, JOB, "a")
    row = Due.objects.get()
    due.at(NOON, JOB, "a")
    assert due._attempt(row, NOON) is False  # read before the second request
    assert due.run(NOON) == 1
    assert not Due.objects.exists()


def test_a_claimed_act_is_left_to_the_clock_that_claimed_it() -> None:
    due.at(NOON, JOB, "a")
    mine, others = Due.objects.get(), Due.objects.get()
    assert due._attempt(others, NOON) is True
    assert due._attempt(mine, NOON) is False
    assert calls == [("a", NOON)]


def test_recurring_jobs_are_planned_once_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JOB, "every", 60)
    due.plan_recurring(NOON)
    planned = Due.objects.count()
    due.plan_recurring(NOON)
    assert Due.objects.count() == planned
    Due.objects.exclude(job=JOB.name).delete()
    due.run(NOON)
    assert due.run(NOON + timedelta(seconds=59)) == 0
    assert due.run(NOON + timedelta(seconds=60)) == 1
    monkeypatch.undo()
    due.plan_recurring(NOON)
    assert not Due.objects.filter(job=JOB.name).exists()


def test_after_the_clock_was_set_back_recurring_jobs_do_not_wait_for_the_former_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(JOB, "every", 60)
    due.plan_recurring(NOON)
    Due.objects.exclude(job=JOB.name).delete()
    due.at(NOON + HOUR, JOB, "of a person")
    due.run(NOON)
    calls.clear()
    back = NOON - HOUR
    monkeypatch.setattr(timezone, "now", lambda: back)
    assert worker.do_due(back) == back
    assert calls == []
    worker.do_due(NOON)
    assert calls == [("", back)]
