"""A backup of a small store, by restic itself: its order, what is never in it, and what stops it."""

import contextlib
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.backup import unfinished_restore
from vaguemestre.backup.errors import (
    AlreadyRunningError,
    DamagedError,
    DamagedHereError,
    ForeignRepositoryError,
    MailMissingError,
    NewerStoreError,
    NotARepositoryError,
    SamePlaceError,
)
from vaguemestre.backup.management.commands.backup import Command
from vaguemestre.backup.places import repository as repository_module, runs
from vaguemestre.backup.places.configuration import BackupConfiguration
from vaguemestre.backup.places.repository import BackupSnapshot, Repository
from vaguemestre.backup.revoked import revocation_copy
from vaguemestre.backup.run import backup_run, rehearsal, repository_check, retention
from vaguemestre.backup.status import outcomes
from vaguemestre.backup.status.outcomes import Task, read_outcome
from vaguemestre.backup.whole import restoration

NOW = datetime.now(UTC)
CHECKOUT = Path(__file__).parents[3]


def test_a_backup_its_rehearsal_and_its_return(
    store: BackupConfiguration, database: Mapping[str, Any], tmp_path: Path
) -> None:
    """In one: each run of restic costs a second."""
    shutil.rmtree(Path(store.mail.address).parent)  # the first one makes both places
    run = backup_run.back_up(store, database, CHECKOUT, now=NOW)
    mail, elsewhere = runs.mail_repository(store), runs.secrets_repository(store)
    _is_in_order(run, elsewhere)
    _holds_what_it_should(run, mail, elsewhere)
    assert read_outcome(store.data, Task.BACKUP).facts["run"] == run.id

    _add_empty_mailboxes(store.data / "mail")
    facts = rehearsal.rehearse(store, now=NOW)
    assert (facts["mailboxes"], facts["files"]) == (1, 1)
    message = store.data / "mail" / runs.mailbox_path("a0000001") / "sdbox/mailboxes/INBOX/dbox-Mails/u.1"
    message.write_text("changed by a dying disk")
    with pytest.raises(DamagedHereError):
        rehearsal.rehearse(store, now=NOW)
    assert read_outcome(store.data, Task.REHEARSAL).code == "damaged-here"

    _comes_back(store, run, tmp_path)


def _add_empty_mailboxes(mail: Path) -> None:
    """As on the first days of a service: a sample of all would hardly ever meet the one that holds mail."""
    for number in range(1000):
        (mail / f"x{number}" / f"a1{number:06}" / "sdbox").mkdir(parents=True)


def _is_in_order(run: runs.BackupRun, elsewhere: Repository) -> None:
    order = [*elsewhere.snapshots(part="secrets"), *(run.parts[part] for part in runs.PARTS), run.record]
    assert [one.at for one in order] == sorted(one.at for one in order)
    assert {one.tags["run"] for one in order} == {run.id}


def _holds_what_it_should(run: runs.BackupRun, mail: Repository, elsewhere: Repository) -> None:
    held = {part: {path for path, _size in mail.files(snapshot.id)} for part, snapshot in run.parts.items()}
    assert held["database"] == {"vaguemestre.sqlite3"}
    assert held["files"] == {"outbox/one", "handouts/one", "career/one"}
    assert held["mail"] == {f"{runs.mailbox_path('a0000001')}/sdbox/mailboxes/INBOX/dbox-Mails/u.1"}
    (snapshot,) = elsewhere.snapshots(part="secrets")
    secrets = {path for path, _size in elsewhere.files(snapshot.id)}
    assert {"secrets/django.key", "secrets/instance.id", "instance.toml", "backup/authority/academy.toml"} <= secrets


def _comes_back(store: BackupConfiguration, run: runs.BackupRun, tmp_path: Path) -> None:
    second = replace(store, data=tmp_path / "second")
    second.data.mkdir()
    restored = restoration.restore_store(second, run_id=None, force=False, now=NOW)
    assert restored.database.read_bytes()[:6] == b"SQLite"
    assert (restored.revocations, restored.aside) == (None, None)  # none was ever copied
    assert (second.data / "mail" / runs.mailbox_path("a0000001")).is_dir()
    assert not (second.data / "letters").exists()
    _goes_on_after_a_death(second)
    restoration.finish(second, run, NOW)
    assert retention.restored_run(second.data).run == run.id
    with pytest.raises(NewerStoreError):
        restoration.restore_store(second, run_id=run.id, force=False, now=NOW)
    lost_time = second.work / "revocations" / "revocations.jsonl"
    lost_time.parent.mkdir()
    lost_time.write_text("")
    put_aside = restoration.restore_store(second, run_id=run.id, force=True, now=NOW).aside
    assert put_aside
    assert (put_aside / "secrets" / "django.key").exists()
    assert not lost_time.exists()
    (second.data / "secrets" / "instance.id").write_text("f" * 16)
    with pytest.raises(ForeignRepositoryError):
        restoration.restore_store(second, run_id=None, force=True, now=NOW)


def _goes_on_after_a_death(second: BackupConfiguration) -> None:
    """Without `force`: what the first one brought is its own."""
    half = second.data / "mail" / "half"
    half.write_text("brought by the one that died")
    with backup_run.only_one(second, "run"), pytest.raises(AlreadyRunningError):
        restoration.restore_store(second, run_id=None, force=True, now=NOW)
    assert restoration.restore_store(second, run_id=None, force=False, now=NOW).aside is None
    assert not half.exists()
    assert (second.data / "mail" / runs.mailbox_path("a0000001")).is_dir()
    assert (second.data / unfinished_restore.FILE).stat().st_mode & 0o777 == 0o600


def test_a_killed_one_is_no_backup_and_the_next_goes_on(
    store: BackupConfiguration, database: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_arguments: object) -> None:
        raise KeyboardInterrupt  # after every part, before the record

    real = backup_run._write_record
    monkeypatch.setattr(backup_run, "_write_record", dying)
    with pytest.raises(KeyboardInterrupt):
        backup_run.back_up(store, database, CHECKOUT, now=NOW - timedelta(days=2))
    monkeypatch.setattr(backup_run, "_write_record", real)
    mail = runs.mail_repository(store)
    assert len(mail.snapshots()) == len(runs.PARTS)
    assert runs.complete_runs(mail.snapshots()) == []
    _kill_one_half_way(mail, store.data)
    monkeypatch.setattr(repository_module, "LOCK_PATIENCE", "0s")
    run = backup_run.back_up(store, database, CHECKOUT, now=NOW)
    assert [one.id for one in runs.complete_runs(mail.snapshots())] == [run.id]


def _kill_one_half_way(mail: Repository, data: Path) -> None:
    """restic itself, outright: its lock is left behind."""
    process = subprocess.Popen(
        ["restic", "--repo", mail.target.address, "--password-file", str(mail.target.password_file), "--no-cache",
         "--limit-upload", "1", "backup", "--tag", f"instance={mail.instance},run=x,part=mail", str(data)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    locks = Path(mail.target.address) / "locks"
    while not any("tmp" not in lock.name for lock in locks.iterdir()):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_two_at_once(store: BackupConfiguration, database: Mapping[str, Any]) -> None:
    with backup_run.only_one(store, "run"), pytest.raises(AlreadyRunningError):
        backup_run.back_up(store, database, CHECKOUT, now=NOW)
    assert read_outcome(store.data, Task.BACKUP).tried_at is None  # the first one says how it went


def test_one_place_for_both_is_said_and_kept(store: BackupConfiguration, database: Mapping[str, Any]) -> None:
    with pytest.raises(SamePlaceError):
        backup_run.back_up(replace(store, secrets=store.mail), database, CHECKOUT, now=NOW)
    assert read_outcome(store.data, Task.BACKUP).code == "same-place"


def test_a_place_that_is_another_s_or_has_gone(
    store: BackupConfiguration, database: Mapping[str, Any], repository: Repository
) -> None:
    other = replace(repository, instance="f" * 16)
    other.back_up(["django.key"], within=store.data / "secrets", tags={"run": "x", "part": "mail"})
    with pytest.raises(ForeignRepositoryError):
        backup_run.back_up(replace(store, mail=repository.target), database, CHECKOUT, now=NOW)
    places = [repository.target.address, store.secrets.address]
    outcomes.write_success(store.data, Task.BACKUP, NOW, run="y", places=places)
    shutil.rmtree(repository.target.address)
    with pytest.raises(NotARepositoryError):
        backup_run.back_up(replace(store, mail=repository.target), database, CHECKOUT, now=NOW)
    assert not Path(repository.target.address).exists()


def test_mail_that_is_not_there_is_no_backup(store: BackupConfiguration, database: Mapping[str, Any]) -> None:
    backup_run.back_up(store, database, CHECKOUT, now=NOW - timedelta(days=1))
    shutil.move(store.data / "mail", store.data / "unmounted")
    with pytest.raises(MailMissingError):
        backup_run.back_up(store, database, CHECKOUT, now=NOW)
    (store.data / "mail" / "lost+found").mkdir(parents=True)
    with pytest.raises(MailMissingError):
        backup_run.back_up(store, database, CHECKOUT, now=NOW)
    assert read_outcome(store.data, Task.BACKUP).code == "mail-missing"
    assert len(runs.complete_runs(runs.mail_repository(store).snapshots())) == 1
    with pytest.raises(MailMissingError):
        rehearsal.rehearse(store, now=NOW)
    (store.data / "mail" / "lost+found").rmdir()
    with pytest.raises(MailMissingError):
        backup_run.back_up(store, database, CHECKOUT, now=NOW)
    backup_run.back_up(store, database, CHECKOUT, now=NOW, less_mail=True)


def test_a_new_service_has_no_mail_yet(store: BackupConfiguration, database: Mapping[str, Any], tmp_path: Path) -> None:
    message = store.data / "mail" / runs.mailbox_path("a0000001") / "sdbox/mailboxes/INBOX/dbox-Mails/u.1"
    shutil.rmtree(store.data / "mail")
    (store.data / "mail").mkdir()
    with contextlib.closing(sqlite3.connect(database["NAME"])) as opened, opened:
        opened.execute("DELETE FROM accounts_account")
    run = backup_run.back_up(store, database, CHECKOUT, now=NOW)
    assert list((store.data / "mail").iterdir()) == []
    runs.mail_repository(store).restore(run.parts["mail"].id, [], tmp_path / "back")
    assert [path for path in (tmp_path / "back").rglob("*") if path.is_file()] == []
    message.parent.mkdir(parents=True)
    message.write_text("the first one, after that backup")
    facts = rehearsal.rehearse(store, now=NOW)
    assert (facts["mailboxes"], facts["files"]) == (0, 0)
    later = replace(run, at=datetime.now(UTC) + timedelta(days=1))  # had it lain there then, the backup would lack it
    with pytest.raises(DamagedError, match=f"{store.mail.address}: {run.id}"):
        rehearsal._compared(store, later, tmp_path / "scratch")


def test_a_restored_machine_forgets_nothing_for_a_day_and_never_what_it_came_from(
    store: BackupConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = replace(store, keep_days=1, keep_weeks=0, keep_months=0)
    made = {
        name: [
            BackupSnapshot(f"{name}-{part}", NOW - timedelta(days=age), {"run": name, "part": part}, 1, 1)
            for part in (*runs.PARTS, runs.RECORD, "secrets")
        ]
        for name, age in (("oldest", 3), ("restored", 2), ("newest", 1))
    }
    forgotten: set[str] = set()
    monkeypatch.setattr(Repository, "forget", lambda _repository, names: forgotten.update(names))
    retention.note_restore(store.data, "restored", NOW)
    store.work.mkdir(parents=True)
    everything = [one for run in made.values() for one in run]
    mail, elsewhere = (runs.mail_repository(store), everything), (runs.secrets_repository(store), everything)
    backup_run._forget_old(store, mail, elsewhere, NOW + timedelta(hours=23))
    assert forgotten == set()
    backup_run._forget_old(store, mail, elsewhere, NOW + timedelta(hours=25))
    assert forgotten == {one.id for one in made["oldest"]}


def test_half_of_the_mail_may_go_and_no_more(store: BackupConfiguration) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    before = [BackupSnapshot(part, at, {"run": "x", "part": part}, 100, 1) for part in (*runs.PARTS, runs.RECORD)]
    backup_run._require_mail(before, store.data, 50, accounts=3)
    with pytest.raises(MailMissingError):
        backup_run._require_mail(before, store.data, 49, accounts=3)


def test_a_night_asks_restic_seven_times_and_forgets_once_a_week(
    store: BackupConfiguration, database: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time costs a second for the key."""
    store = replace(store, keep_days=1, keep_weeks=0, keep_months=0)
    first = backup_run.back_up(store, database, CHECKOUT, now=NOW)
    asked: list[str] = []
    real = Repository._ask

    def counting(repository: Repository, *words: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append(words[0])
        return real(repository, *words, **options)

    monkeypatch.setattr(Repository, "_ask", counting)
    second = backup_run.back_up(store, database, CHECKOUT, now=NOW)
    assert asked == ["snapshots", "snapshots", "backup", "backup", "backup", "backup", "backup"]
    mail, elsewhere = runs.mail_repository(store), runs.secrets_repository(store)
    assert [run.id for run in runs.complete_runs(mail.snapshots())] == [first.id, second.id]
    third = backup_run.back_up(store, database, CHECKOUT, now=NOW + timedelta(days=8))
    assert [run.id for run in runs.complete_runs(mail.snapshots())] == [third.id]
    assert {one.tags["run"] for one in elsewhere.snapshots()} == {third.id}


def test_what_nobody_foresaw_is_an_outcome_too(
    store: BackupConfiguration, database: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_words: object) -> None:
        raise RuntimeError("words that may hold anything")

    for module in (backup_run, rehearsal, repository_check, revocation_copy):
        monkeypatch.setattr(module, "require_sound" if module is not revocation_copy else "_ask", broken)
    with pytest.raises(RuntimeError):
        backup_run.back_up(store, database, CHECKOUT, now=NOW)
    with pytest.raises(RuntimeError):
        rehearsal.rehearse(store, now=NOW)
    with pytest.raises(RuntimeError):
        repository_check.check_repositories(store, now=NOW)
    with pytest.raises(RuntimeError):
        revocation_copy.copy_revocations(store, database, CHECKOUT, now=NOW)
    found = [read_outcome(store.data, task) for task in Task]
    assert {(one.code, one.detail) for one in found} == {("failed", "RuntimeError")}


def test_revocations_of_an_unsound_place_are_said_before_they_are_followed(store: BackupConfiguration) -> None:
    with pytest.raises(SamePlaceError):
        Command()._follow(replace(store, secrets=store.mail))
    assert read_outcome(store.data, Task.REVOCATIONS).code == "same-place"
