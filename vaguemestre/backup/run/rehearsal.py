"""A sample of the newest backup brought back into a folder of its own and compared with what is there: a backup that
nobody ever restored is a hope."""

import contextlib
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from vaguemestre.backup.database.accounts_copied import accounts_copied
from vaguemestre.backup.errors import DamagedError, DamagedHereError, MailMissingError, NoBackupError
from vaguemestre.backup.places import runs
from vaguemestre.backup.places.configuration import BackupConfiguration, require_sound
from vaguemestre.backup.places.runs import BackupRun
from vaguemestre.backup.run.backup_run import failure_kept, only_one
from vaguemestre.backup.status import outcomes
from vaguemestre.backup.status.outcomes import Task
from vaguemestre.engine import heartbeat_mailbox

MAILBOXES = 5
DRAWN = 20  # at most: what all came after the backup cannot be compared


def rehearse(configuration: BackupConfiguration, *, now: datetime, share_of_data: str = "1%") -> dict[str, Any]:
    """What was compared: run, mailboxes, files, bytes, accounts. Raises BackupError."""
    data = configuration.data
    with only_one(configuration, "run"), failure_kept(data, Task.REHEARSAL, now):
        facts = _rehearse(configuration, share_of_data)
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
        accounts = accounts_copied(next((scratch / "database").iterdir()), whole=True)
        compared = _compared(configuration, run, scratch / "mail")
    mail.check(share_of_data=share_of_data)
    return {
        "run": run.id, "accounts": accounts, "mailboxes": len(compared),
        "files": sum(files for files, _octets in compared), "octets": sum(octets for _files, octets in compared),
    }  # fmt: skip


def require_same_secrets(living: Path, restored: Path) -> None:
    """A key that is there now and not in the copy may be younger than it; one that differs is another."""
    for file in restored.iterdir():
        if (living / file.name).exists() and (living / file.name).read_bytes() != file.read_bytes():
            raise DamagedHereError(f"secrets/{file.name}")


def _compared(configuration: BackupConfiguration, run: BackupRun, scratch: Path) -> list[tuple[int, int]]:
    """Of some mailboxes, drawn from those that hold a message: how many files were the same, how many bytes."""
    homes, compared, missing = _homes(configuration.data / "mail"), [], ""
    if not homes and run.parts["mail"].files:
        raise MailMissingError(configuration.data / "mail")
    random.shuffle(homes)
    for home in islice((home for home in homes if next(home.rglob("u.*"), None)), DRAWN):
        files, octets = _compare(configuration, run, home.name, scratch)
        if files:
            compared.append((files, octets))
        elif _held_mail(home, run.at):
            missing = home.name
        if len(compared) == MAILBOXES:
            break
    if missing and not compared:
        raise DamagedError(f"{configuration.mail.address}: {run.id}, {missing}")
    return compared


def _homes(store: Path) -> list[Path]:
    groups = [group for group in store.iterdir() if group.is_dir()] if store.is_dir() else []
    return [home for group in groups for home in group.iterdir() if home.name != heartbeat_mailbox.KEY]


def _held_mail(home: Path, at: datetime) -> bool:
    """By the time that nobody sets: a message keeps its own date, and a restored one its former file's."""
    with contextlib.suppress(FileNotFoundError):
        return any(file.stat().st_ctime < at.timestamp() for file in home.rglob("u.*"))
    return False


def _compare(configuration: BackupConfiguration, run: BackupRun, key: str, scratch: Path) -> tuple[int, int]:
    """A stored message never changes; what is no longer there was deleted since. How many files, how many bytes."""
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
                raise DamagedHereError(file.relative_to(restored))
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
