"""A sample of the newest backup brought back into a folder of its own and compared with what is there: a backup that
nobody ever restored is a hope."""

import contextlib
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vaguemestre.backup import outcomes, runs
from vaguemestre.backup.backup_run import only_one
from vaguemestre.backup.configuration import BackupConfiguration, require_sound
from vaguemestre.backup.database_copy import POSTGRESQL_FILE
from vaguemestre.backup.errors import BackupError, DamagedError, NoBackupError
from vaguemestre.backup.outcomes import Task
from vaguemestre.backup.runs import BackupRun

MAILBOXES = 5
_PASSWORDS = "SELECT count(*) FROM accounts_account WHERE password LIKE '$argon2id$%'"


def rehearse(configuration: BackupConfiguration, *, now: datetime, share_of_data: str = "1%") -> dict[str, Any]:
    """What was compared: run, mailboxes, files, octets, accounts. Raises BackupError."""
    data = configuration.data
    with only_one(configuration, "run"):
        try:
            facts = _rehearse(configuration, share_of_data)
        except BackupError as error:
            outcomes.write_failure(data, Task.REHEARSAL, now, error.code, error.detail)
            raise
    outcomes.write_success(data, Task.REHEARSAL, max(datetime.now(UTC), now), **facts)
    return facts


def _rehearse(configuration: BackupConfiguration, share_of_data: str) -> dict[str, Any]:
    require_sound(configuration)
    mail, elsewhere = runs.mail_repository(configuration), runs.secrets_repository(configuration)
    run = runs.run_named(mail.snapshots())
    with _scratch(configuration.work / "rehearsal") as scratch:
        secrets = elsewhere.snapshots(part="secrets", run=run.id)
        if not secrets:
            raise NoBackupError(elsewhere.target.address)
        elsewhere.restore(secrets[-1].id, ["secrets"], scratch)
        require_same_secrets(configuration.data / "secrets", scratch / "secrets")
        mail.restore(run.parts["database"].id, [], scratch / "database")
        accounts = _accounts(next((scratch / "database").iterdir()))
        keys = _sample(configuration.data / "mail")
        compared = [_compare(configuration, run, key, scratch / "mail") for key in keys]
    mail.check(share_of_data=share_of_data)
    return {
        "run": run.id, "accounts": accounts, "mailboxes": len(compared),
        "files": sum(files for files, _octets in compared), "octets": sum(octets for _files, octets in compared),
    }  # fmt: skip


def require_same_secrets(living: Path, restored: Path) -> None:
    """A key that is there now and not in the copy may be younger than it; one that differs is another."""
    for file in restored.iterdir():
        if (living / file.name).exists() and (living / file.name).read_bytes() != file.read_bytes():
            raise DamagedError(f"secrets/{file.name}")


def _accounts(file: Path) -> int:
    """Whole, and with passwords that a sign-in can be compared with. Of PostgreSQL the list of contents is read."""
    if file.name == POSTGRESQL_FILE:
        done = subprocess.run(["pg_restore", "--list", str(file)], capture_output=True, text=True, check=False)
        if done.returncode or "accounts_account" not in done.stdout:
            raise DamagedError(file.name)
        return done.stdout.count("TABLE DATA")
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise DamagedError(file.name)
            return int(connection.execute(_PASSWORDS).fetchone()[0])
    except sqlite3.Error as error:
        raise DamagedError(f"{file.name}: {error}") from error


def _sample(store: Path) -> list[str]:
    """Some mailboxes, wherever they lie: without walking through all of them."""
    found: list[str] = []
    for _turn in range(MAILBOXES * 4):
        groups = [group for group in store.iterdir() if group.is_dir()]
        keys = [home.name for home in random.choice(groups).iterdir()] if groups else []  # noqa: S311 - a sample
        found += [random.choice(keys)] if keys else []  # noqa: S311 - a sample
        if len(set(found)) == MAILBOXES:
            break
    return sorted(set(found))


def _compare(configuration: BackupConfiguration, run: BackupRun, key: str, scratch: Path) -> tuple[int, int]:
    """A stored message never changes; what is no longer there was deleted since. How many files, how many octets."""
    mail = runs.mail_repository(configuration)
    try:
        restored = runs.restore_mailbox(mail, run, key, scratch)
    except NoBackupError:
        return 0, 0  # its first message came after the backup
    living, files, octets = configuration.data / "mail" / runs.mailbox_path(key), 0, 0
    for file in restored.rglob("u.*"):
        with contextlib.suppress(FileNotFoundError):
            content = (living / file.relative_to(restored)).read_bytes()
            if content != file.read_bytes():
                raise DamagedError(file.relative_to(restored))
            files, octets = files + 1, octets + len(content)
    shutil.rmtree(restored)
    return files, octets


@contextlib.contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
