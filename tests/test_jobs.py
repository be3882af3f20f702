"""The clock's jobs: each has its function in every process that asks, and rows of an older version find it."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db.migrations import RunPython
from django_tasks_db.models import DBTaskResult

from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.clock.renaming import rename
from vaguemestre.courier.models import TextMessage

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASK = """
import django, json
django.setup()
from vaguemestre.clock import due
print(json.dumps({job.name: [job.act.__module__, job.every] for job in due.jobs().values()}))
"""
ROWS = {"clock": (Due, "job"), "courier": (TextMessage, "instead")}


@pytest.fixture(scope="module")
def fresh() -> dict[str, tuple[str, int | None]]:
    """Name to module and period, in a process that has imported nothing else, as the tasks process is."""
    command = [sys.executable, "-P", "-c", ASK]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return {name: tuple(told) for name, told in json.loads(answer.stdout).items()}


def test_a_fresh_process_knows_every_job(fresh: dict[str, tuple[str, int | None]]) -> None:
    here = {name: job for name, job in due.jobs().items() if not name.startswith("tests.")}
    assert fresh.keys() == here.keys()
    assert [name for name, (module, _every) in fresh.items() if ".tests." in module] == []


def test_what_comes_back_for_ever(fresh: dict[str, tuple[str, int | None]]) -> None:
    assert {name: every for name, (_module, every) in fresh.items() if every} == {
        "accounts.factors.keep_up": 300, "accounts.otp.ask_keys_back": 86400, "accounts.purge": 3600,
        "accounts.retention.sweep": 3600, "audit.journal.seal": 600, "backup.restorations.forget": 86400,
        "backup.tell-operators": 300,
        "career.history.keep_up": 86400, "career.requests.news": 300, "career.retention.sweep": 3600,
        "clock.tasks.prune": 86400,
        "circulars.dispatch.resume": 60, "circulars.read_state.look": 600,
        "circulars.withdrawal.resume": 600,
        "contacts.retention.sweep": 3600, "courier.retention.sweep": 3600, "directory.index.keep_up": 3600,
        "engine.learning.teach": 60, "engine.mail_heartbeat.beat": 60, "engine.projection.repair": 60,
        "engine.retention.plan": 43200,
        "exports.orders.look_after": 60, "handouts.fetches.count": 60, "handouts.retention.sweep": 3600,
        "letters.retention.sweep": 3600,
        "letters.sealing.leftovers": 600, "maintenance.disk.record": 3600, "moving.orders.look_after": 60,
        "shared_mailboxes.posts.keep_up": 86400,
        "arrivals.feed.sweep": 3600,
        "sso.logout.look_after": 60, "sso.logout.warn": 600, "sso.retention.sweep": 3600, "sso.rights.keep_up": 3600,
        "withdrawals.orders.look_after": 60, "withdrawals.reports.sweep": 86400,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("room", "module"), [("clock", "0002_job_names"), ("courier", "0004_job_names")])
def test_rows_of_before_the_names_are_taken_over_and_given_back(room: str, module: str) -> None:
    migration = import_module(f"vaguemestre.{room}.migrations.{module}")
    names: dict[str, str] = migration.NAMES
    assert set(names.values()) <= due.jobs().keys()
    assert len(set(names.values())) == len(names)
    table, field = ROWS[room]
    for path in (*names, "of.another.version"):
        if table is Due:
            Due.objects.create(job=path, key="a", at=NOON)
        else:
            TextMessage.objects.create(to="06", text="", queued_at=NOON, until=NOON, instead=path)
    [operation] = migration.Migration.operations
    values = table._default_manager.order_by("pk").values_list(field, flat=True)
    operation.code(apps, None)
    assert list(values.all()) == [*names.values(), "of.another.version"]
    operation.reverse_code(apps, None)
    assert list(values.all()) == [*names, "of.another.version"]


@pytest.mark.django_db
def test_a_queued_task_whose_file_moved_is_taken_over_in_the_same_way() -> None:
    from vaguemestre.letters.tasks import seal_letters

    seal_letters.enqueue()
    DBTaskResult.objects.update(task_path="vaguemestre.letters.former.seal_letters")
    names = {"vaguemestre.letters.former.seal_letters": seal_letters.module_path}
    moved = rename("django_tasks_database", "DBTaskResult", "task_path", names)
    assert isinstance(moved, RunPython)
    moved.code(apps, None)  # type: ignore[arg-type]
    assert DBTaskResult.objects.get().task.func is seal_letters.func
