"""One restic repository of this installation. restic is asked by its command with JSON answers; its password is in a
file that only root reads, never among arguments or in the environment."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vaguemestre.backup.errors import (
    BackupError,
    DamagedError,
    ForeignRepositoryError,
    LockedError,
    MailMissingError,
    NoBackupError,
    NotARepositoryError,
    PasswordFileError,
    TargetFullError,
    UnreachableError,
    WrongPasswordError,
)
from vaguemestre.backup.places.configuration import BackupTarget

# Every snapshot bears it, whatever the machine is called now: restic looks for the one before under the same host.
HOST = "vaguemestre"
LOCK_PATIENCE = "2m"  # for a lock of another machine; one that is left by a dead process goes by `unlock`
# Seconds, then it is killed: a place that takes a connection and says nothing would be waited for without end. What
# reads or writes a whole store takes as long as it takes.
PATIENCE = {"snapshots": 300, "dump": 300, "ls": 600, "unlock": 300, "init": 300}
RESTORE_PATIENCE = 4 * 3600  # for a part of a snapshot
# One file at a time, and without a first walk that would only count them.
_GENTLY = ("--read-concurrency", "1", "--no-scan")
# ssh ends by itself two minutes after the other side fell silent.
_SFTP = ("-o", "sftp.args=-o ConnectTimeout=60 -o ServerAliveInterval=30 -o ServerAliveCountMax=4")
_FULL = re.compile(r"no space left on device|disk quota exceeded|file too large|insufficient storage|507 ", re.I)
_UNREACHABLE = re.compile(
    r"unable to open (repository|config)|connection (refused|reset|timed out)|no such host|i/o timeout|"
    r"sftp session|subprocess ssh|network is unreachable|permission denied|input/output error", re.I
)  # fmt: skip
_DAMAGED = re.compile(
    r"ciphertext verification failed|invalid data returned|not found in repository|repository (contains errors|"
    r"(is|could be) damaged)|data/[0-9a-f/]{10,}\S* .*(no such file|too short|not exist|404)", re.I
)  # fmt: skip
_APPEND_ONLY = re.compile(r"403 forbidden|access ?denied", re.I)
# So many files may go away while they are read; more, and it is the disk that went away.
GONE_AT_MOST, GONE_SHARE = 100, 0.05
LOCKED = 11  # restic's status
_BY_STATUS: dict[int, type[BackupError]] = {10: NotARepositoryError, LOCKED: LockedError, 12: WrongPasswordError}


@dataclass(frozen=True)
class BackupSnapshot:
    """`tags`: what the room wrote on it (`run`, `part`, `instance`). `added`: bytes that were new."""

    id: str
    at: datetime
    tags: dict[str, str]
    files: int
    octets: int
    added: int = 0


@dataclass(frozen=True)
class Repository:
    """Answers and acts only for the installation `instance`: whatever others left there is refused. `work`: root's own
    folder for restic's cache."""

    target: BackupTarget
    instance: str
    work: Path
    processors: int = 1
    upload_kib: int = 0
    locks: bool = True  # without: it reads where it may not write, and a pruning meanwhile makes it fail

    def make(self) -> None:
        """Makes it where nothing is. Raises BackupError where something is."""
        self._run("init")

    def back_up(
        self, paths: Sequence[str], *, within: Path, tags: dict[str, str], leaving_out: Sequence[str] = ()
    ) -> BackupSnapshot:
        """`paths` are names within the folder `within`, and are so restored. A file that goes away meanwhile is no
        failure; one that cannot be read is."""
        options = [word for pattern in leaving_out for word in ("--exclude", pattern)]
        tags, began = {**tags, "instance": self.instance}, datetime.now(UTC)
        done = self._ask(
            "backup", "--host", HOST, "--tag", ",".join(f"{name}={value}" for name, value in tags.items()),
            "--group-by", "host,paths", *_GENTLY, *options, "--", *paths, cwd=within, gone_is_well=True,
        )  # fmt: skip
        summary = next(line for line in _answers(done) if line.get("message_type") == "summary")
        gone = len(_unread(done.stderr))
        if gone > max(GONE_AT_MOST, GONE_SHARE * summary["total_files_processed"]):
            raise MailMissingError(f"{within}: {gone}")
        return BackupSnapshot(summary["snapshot_id"], began, tags, *_counts(summary))

    def snapshots(self, **tags: str) -> list[BackupSnapshot]:
        """Oldest first, those with all of `tags`. Raises ForeignRepositoryError: one is of another installation."""
        listed = self._run("snapshots", "--no-lock")
        found = [_snapshot(one) for answer in listed for one in answer["rows"]]
        for one in found:
            if one.tags.get("instance") != self.instance:
                raise ForeignRepositoryError(self.target.address)
        wanted = [one for one in found if tags.items() <= one.tags.items()]
        return sorted(wanted, key=lambda one: one.at)

    def instances(self) -> set[str]:
        """Which installations left something there: for a machine that does not know yet which one it will be."""
        listed = self._run("snapshots", "--no-lock")
        return {_snapshot(row).tags.get("instance", "") for answer in listed for row in answer["rows"]}

    def restore(self, snapshot: str, paths: Sequence[str], into: Path) -> None:
        """`paths` within the snapshot, from its root ("mail/a0000001"); none: all. Owners come back by number. Raises
        NoBackupError when there is nothing at one of them."""
        options = [word for path in paths for word in ("--include", "/" + path.strip("/"))]
        patience = RESTORE_PATIENCE if paths else None
        said = _answers(self._ask("restore", snapshot, "--target", str(into), *options, patience=patience))
        summary = next((line for line in said if line.get("message_type") == "summary"), {})
        if paths and not summary.get("total_files"):
            raise NoBackupError(", ".join(paths))

    def read(self, snapshot: str, path: str) -> bytes:
        """One small file."""
        return self._ask("dump", snapshot, "/" + path.strip("/")).stdout

    def files(self, snapshot: str, path: str = "/") -> Iterator[tuple[str, int]]:
        """Path from the snapshot's root and size of each file below `path`."""
        for line in self._run("ls", "--recursive", snapshot, "/" + path.strip("/")):
            if line.get("message_type") == "node" and line.get("type") == "file":
                yield line["path"].lstrip("/"), line.get("size", 0)

    def check(self, *, share_of_data: str | None = None) -> None:
        """Whether it holds together; `share_of_data` ("2%") of its content is read and compared too. Raises
        DamagedError."""
        options = ["--read-data-subset", share_of_data] if share_of_data else []
        try:
            self._run("check", *options)
        except BackupError as error:
            if type(error) is BackupError:
                raise DamagedError(f"{self.target.address}: {error.detail}") from error
            raise

    def forget(self, snapshots: Sequence[str]) -> None:
        """And what they alone held. A place that can only be added to refuses that and keeps all, which is no failure:
        another machine forgets there."""
        if not snapshots:
            return
        try:
            self._run("forget", "--prune", *snapshots)
        except BackupError as error:
            if not _APPEND_ONLY.search(error.detail):
                raise

    def unlock(self) -> None:
        """Takes away locks whose process is dead; never one that lives."""
        self._run("unlock")

    def _run(self, *words: str) -> list[dict[str, Any]]:
        return _answers(self._ask(*words))

    def _ask(
        self, *words: str, cwd: Path | None = None, gone_is_well: bool = False, patience: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        self.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = [
            "nice", "-n", "19", "ionice", "-c", "3", "restic", "--json", "--repo", self.target.address,
            "--password-file", str(self.target.password_file), "--cache-dir", str(self.work / "cache"),
            *(["--retry-lock", LOCK_PATIENCE] if self.locks else ["--no-lock"]), "--limit-upload", str(self.upload_kib),
            *(_SFTP if self.target.address.startswith("sftp:") else ()), *words,
        ]  # fmt: skip
        patience = patience or PATIENCE.get(words[0])
        done = self._restic(command, cwd, patience)
        if done.returncode == LOCKED and words[0] != "unlock":
            self.unlock()  # it may be a dead process's
            done = self._restic(command, cwd, patience)
        if done.returncode and not (gone_is_well and done.returncode == 3 and only_gone(done.stderr)):
            raise self._error(done)
        return done

    def _restic(
        self, command: Sequence[str], cwd: Path | None, patience: float | None
    ) -> subprocess.CompletedProcess[bytes]:
        """nice and ionice become restic: it is the one that is killed."""
        try:
            return subprocess.run(
                command, cwd=cwd, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False,
                timeout=patience,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise UnreachableError(f"{self.target.address} ({error.timeout:.0f} s)") from error
        except FileNotFoundError as error:
            raise BackupError(f"{error.filename}: apt install restic") from error

    def _environment(self) -> dict[str, str]:
        """HOME: ssh finds root's key there."""
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root",
            "GOMAXPROCS": str(self.processors), "RESTIC_PROGRESS_FPS": "0.01", "TMPDIR": str(self.work),
        }  # fmt: skip
        file = self.target.credentials_file
        if file and self.target.address.startswith("rest:"):
            return environment | _rest_credentials(file)
        if file:
            environment["AWS_SHARED_CREDENTIALS_FILE"] = str(file)
        return environment

    def _error(self, done: subprocess.CompletedProcess[bytes]) -> BackupError:
        said = done.stderr.decode(errors="replace")
        last = _last_words(said)
        if known := _BY_STATUS.get(done.returncode):
            return known(self.target.address)
        if _DAMAGED.search(said):
            return DamagedError(f"{self.target.address}: {last}")
        if unread := _unread(done.stderr):
            return BackupError(unread[0]["error"].get("message", unread[0].get("item", "")))
        if "empty password" in said or "password-file" in said or "password file" in said:
            return PasswordFileError(self.target.password_file)
        if _FULL.search(said):
            return TargetFullError(self.target.address)
        if _UNREACHABLE.search(last):
            return UnreachableError(f"{self.target.address} ({last})")
        return BackupError(last)


def _rest_credentials(file: Path) -> dict[str, str]:
    """restic takes them in no other way; of root's processes nobody else reads the environment."""
    try:
        user, _colon, password = file.read_text().strip().partition(":")
    except OSError as error:
        raise PasswordFileError(f"{file}: {error.strerror}") from error
    return {"RESTIC_REST_USERNAME": user, "RESTIC_REST_PASSWORD": password}


def _answers(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    """One a line, a list as `rows`."""
    answers = []
    for line in done.stdout.splitlines():
        if line.startswith((b"{", b"[{", b"[]")):
            answer = json.loads(line)
            answers.append({"rows": answer} if isinstance(answer, list) else answer)
    return answers


def _snapshot(row: dict[str, Any]) -> BackupSnapshot:
    tags = dict(tag.split("=", 1) for tag in row.get("tags") or [] if "=" in tag)
    return BackupSnapshot(row["id"], datetime.fromisoformat(row["time"]), tags, *_counts(row.get("summary") or {}))


def _counts(summary: dict[str, Any]) -> tuple[int, int, int]:
    files, octets = summary.get("total_files_processed", 0), summary.get("total_bytes_processed", 0)
    return files, octets, summary.get("data_added", 0)


def _unread(said: bytes) -> list[dict[str, Any]]:
    """What restic could not read."""
    errors = [json.loads(line) for line in said.splitlines() if line.startswith(b'{"message_type":"error"')]
    return [one for one in errors if one.get("during")]  # others are words of `check`


def only_gone(said: bytes) -> bool:
    """A message moves to another folder while it is read: that alone is no failure."""
    errors = _unread(said)
    return bool(errors) and all("no such file or directory" in one["error"].get("message", "") for one in errors)


def _last_words(said: str) -> str:
    words = ""
    for line in said.splitlines():
        try:
            words = json.loads(line)["message"] if line.startswith("{") else line
        except (ValueError, KeyError):
            words = line
    return words.removeprefix("Fatal: ").strip().splitlines()[0][:300] if words.strip() else ""
