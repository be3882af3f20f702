"""Against restic itself, on small folders."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.backup.errors import (
    DamagedError,
    ForeignRepositoryError,
    LockedError,
    MailMissingError,
    NoBackupError,
    NotARepositoryError,
    TargetFullError,
    UnreachableError,
    WrongPasswordError,
)
from vaguemestre.backup.places import repository as repository_module
from vaguemestre.backup.places.configuration import BackupTarget
from vaguemestre.backup.places.repository import Repository


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = tmp_path / "store"
    for name in ("mail/a0000001/one", "mail/a0000001/two", "mail/a0000002/one", "db/file"):
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (store / name).write_text(name)
    return store


def test_what_was_backed_up_comes_back(repository: Repository, store: Path, tmp_path: Path) -> None:
    summary = repository.back_up(["mail"], within=store, tags={"part": "mail"}, leaving_out=["two"])
    assert summary.files == 2
    (snapshot,) = repository.snapshots(part="mail")
    assert (snapshot.id, snapshot.tags["part"], snapshot.files) == (summary.id, "mail", 2)
    assert sorted(repository.files(snapshot.id, "mail/a0000002")) == [("mail/a0000002/one", 17)]
    assert repository.read(snapshot.id, "mail/a0000001/one") == b"mail/a0000001/one"
    repository.restore(snapshot.id, ["mail/a0000001"], tmp_path / "back")
    found = [
        file.relative_to(tmp_path / "back").as_posix() for file in (tmp_path / "back").rglob("*") if file.is_file()
    ]
    assert found == ["mail/a0000001/one"]
    repository.check(share_of_data="100%")


def test_what_is_not_there_is_said(repository: Repository, store: Path, tmp_path: Path) -> None:
    summary = repository.back_up(["mail"], within=store, tags={"part": "mail"})
    with pytest.raises(NoBackupError):
        repository.restore(summary.id, ["mail/a0000009"], tmp_path / "back")


def test_what_is_forgotten_is_gone(repository: Repository, store: Path) -> None:
    first = repository.back_up(["mail"], within=store, tags={"part": "mail"})
    second = repository.back_up(["db"], within=store, tags={"part": "database"})
    repository.forget([first.id])
    assert [one.id for one in repository.snapshots()] == [second.id]


def test_a_wrong_password_no_repository_and_another_s(
    repository: Repository, target: Callable[[str], BackupTarget], store: Path
) -> None:
    with pytest.raises(WrongPasswordError):
        replace(repository, target=replace(target("two"), address=repository.target.address)).snapshots()
    absent = replace(repository, target=target("three"))
    with pytest.raises(NotARepositoryError):
        absent.snapshots()
    repository.back_up(["db"], within=store, tags={"part": "database"})
    with pytest.raises(ForeignRepositoryError):
        replace(repository, instance="of another installation").snapshots()
    away = replace(repository.target, address="sftp:nobody@127.0.0.1:/nothing")
    with pytest.raises(UnreachableError):
        replace(repository, target=away).snapshots()


def test_a_place_that_takes_a_connection_and_says_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(repository_module.PATIENCE, "snapshots", 1)
    monkeypatch.setattr(repository_module, "RESTORE_PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for address in ("rest:http://127.0.0.1:{}/", "sftp://nobody@127.0.0.1:{}//nothing"):
            target = replace(repository.target, address=address.format(silent.getsockname()[1]))
            with pytest.raises(UnreachableError):
                replace(repository, target=target).snapshots()
            with pytest.raises(UnreachableError):
                replace(repository, target=target).restore("latest", ["one"], tmp_path / "back")


def test_a_repository_that_another_holds_is_said(
    repository: Repository, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository_module, "LOCK_PATIENCE", "0s")
    with _checking(repository), pytest.raises(LockedError):
        repository.back_up(["db"], within=store, tags={"part": "database"})


@contextlib.contextmanager
def _checking(repository: Repository) -> Iterator[None]:
    """Another restic, stopped while it holds the repository for itself."""
    address, password = repository.target.address, str(repository.target.password_file)
    locks = Path(address) / "locks"
    process = subprocess.Popen(
        ["restic", "--repo", address, "--password-file", password, "--no-cache", "check"],
        stdout=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": "/root"},
    )  # fmt: skip
    try:
        while not any("tmp" not in lock.name for lock in locks.iterdir()):
            assert process.poll() is None
        process.send_signal(signal.SIGSTOP)
        yield
    finally:
        process.kill()
        process.wait()
        for lock in locks.iterdir():
            lock.unlink()


def test_a_full_target_is_said(repository: Repository, store: Path) -> None:
    (store / "mail" / "large").write_bytes(os.urandom(3_000_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(TargetFullError):
            repository.back_up(["mail"], within=store, tags={"part": "mail"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert repository.snapshots() == []


def test_damage_is_found(repository: Repository, store: Path) -> None:
    repository.back_up(["mail"], within=store, tags={"part": "mail"})
    pack = next(file for file in (Path(repository.target.address) / "data").rglob("*") if file.is_file())
    pack.chmod(0o600)
    content = pack.read_bytes()
    pack.write_bytes(content[:40] + b"12345678" + content[48:])
    with pytest.raises(DamagedError, match=repository.target.address):
        repository.check(share_of_data="100%")


@pytest.mark.parametrize("harm", ["changed", "gone", "short"])
def test_what_comes_back_damaged_is_damaged_and_no_failure_that_nobody_understands(
    repository: Repository, store: Path, tmp_path: Path, harm: str
) -> None:
    (store / "mail" / "large").write_bytes(os.urandom(200_000))
    snapshot = repository.back_up(["mail"], within=store, tags={"part": "mail"})
    pack = max(
        (file for file in (Path(repository.target.address) / "data").rglob("*") if file.is_file()),
        key=lambda file: file.stat().st_size,
    )
    content = pack.read_bytes()
    pack.unlink()
    if harm != "gone":
        pack.write_bytes(content[:1000] if harm == "short" else content[:100_000] + b"12345678" + content[100_008:])
    with pytest.raises(DamagedError, match=repository.target.address):
        repository.restore(snapshot.id, ["mail/large"], tmp_path / "back")


def test_the_password_is_in_no_argument_and_no_environment(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = subprocess.run

    def spying(command: list[str], **options: object) -> object:
        seen.extend([*command, *map(str, dict(options["env"]).values())])  # type: ignore[call-overload]
        return real(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", spying)
    repository.snapshots()
    assert seen
    assert repository.target.password_file.read_text() not in " ".join(seen)


def test_a_file_that_went_away_meanwhile_is_no_failure() -> None:
    gone = b'{"message_type":"error","error":{"message":"lstat: no such file or directory"},"during":"archival"}'
    shut = b'{"message_type":"error","error":{"message":"open: permission denied"},"during":"archival"}'
    assert repository_module.only_gone(gone)
    assert not repository_module.only_gone(b"\n".join([gone, shut]))
    assert not repository_module.only_gone(b"")


def test_a_disk_that_goes_away_meanwhile_is_a_failure(
    repository: Repository, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """restic says nothing but that each file is gone."""
    line = b'{"message_type":"error","error":{"message":"lstat: no such file or directory"},"during":"archival"}\n'
    summary = (
        b'{"message_type":"summary","snapshot_id":"x","total_files_processed":1000,"total_bytes_processed":1,'
        b'"data_added":1}'
    )
    said = subprocess.CompletedProcess([], 3, summary, line * 100)
    monkeypatch.setattr(subprocess, "run", lambda *_words, **_options: said)
    assert repository.back_up(["mail"], within=store, tags={}).files == 1000
    said.stderr = line * 101
    with pytest.raises(MailMissingError):
        repository.back_up(["mail"], within=store, tags={})
