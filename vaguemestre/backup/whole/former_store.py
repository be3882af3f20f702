"""Room for a restore in the data folder: what is there goes aside, whole or not at all, and is never deleted. What a
restore that was cut short had brought makes room for the next one."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from vaguemestre.backup import unfinished_restore
from vaguemestre.backup.errors import (
    ForeignRepositoryError,
    NewerStoreError,
    NotEmptyError,
    OtherDiskError,
)
from vaguemestre.backup.places.identity import FILE as IDENTITY_FILE
from vaguemestre.backup.places.runs import BackupRun
from vaguemestre.backup.run.backup_run import FILES, SECRETS
from vaguemestre.backup.unfinished_restore import UnfinishedRestore

STORE = ("db", "mail", "engine", *FILES, *SECRETS)
_WITNESSES = ("db/vaguemestre.sqlite3", "db/mail.sqlite3", "secrets", "instance.toml", "mail")
_OF_A_DISK = "lost+found"  # on an empty one too


def require_removable(data: Path, run: BackupRun, instance: str, *, force: bool) -> None:
    """Raises ForeignRepositoryError; NotEmptyError unless `force`."""
    present = [data / name for name in _WITNESSES if _holds_something(data / name)]
    identity = data / "secrets" / IDENTITY_FILE
    if identity.exists() and identity.read_text().strip() != instance:
        raise ForeignRepositoryError(data)
    if present and not force:
        changed = max(path.stat().st_mtime for path in present)
        raise (NewerStoreError if changed > run.at.timestamp() else NotEmptyError)(data)


def put_aside(data: Path, begun: UnfinishedRestore | None, server: str, now: datetime) -> Path | None:
    """Where what was there is now. `begun`: noted by a restore that was cut short. Raises OtherDiskError, OSError; then
    nothing has moved."""
    if begun is None or begun.brought is None:
        aside = _put_aside(data, begun, server, now)
    else:
        aside = begun.aside
        for name in begun.brought:
            _clear(data / name)
    brought = begun.brought if begun else None
    if brought is None:
        brought = [name for name in STORE if not _holds_something(data / name)]
    unfinished_restore.keep(data, UnfinishedRestore(aside, brought, server))
    return data / aside if aside else None


def _put_aside(data: Path, begun: UnfinishedRestore | None, server: str, now: datetime) -> str | None:
    """Noted before the first name moves."""
    aside = begun.aside if begun else None
    if not aside and any(_holds_something(data / name) for name in _WITNESSES):
        aside = f"before-restore-{now:%Y%m%dT%H%M%S}"
    present = [name for name in STORE if _holds_something(data / name)] if aside else []
    for path in (data / name for name in present):
        if path.is_symlink() or path.is_mount():
            raise OtherDiskError(path)
    unfinished_restore.keep(data, UnfinishedRestore(aside, None, server))
    if aside:
        (data / aside).mkdir(mode=0o700, exist_ok=True)
        try:
            _move(present, data, data / aside)
        except OSError:
            if begun is None:
                unfinished_restore.forget(data)
            raise
    return aside


def _move(names: list[str], source: Path, target: Path) -> None:
    moved: list[str] = []
    try:
        for name in names:
            (target / name).parent.mkdir(exist_ok=True)
            (source / name).rename(target / name)
            moved.append(name)
    except OSError:
        for name in reversed(moved):
            (target / name).rename(source / name)
        raise


def _clear(path: Path) -> None:
    """A folder stays: it may be where another disk begins."""
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for child in path.iterdir():
        if child.name == _OF_A_DISK:
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()


def _holds_something(path: Path) -> bool:
    if path.is_dir():
        return any(name != _OF_A_DISK for name in os.listdir(path))  # noqa: PTH208 - names alone
    return path.exists() and path.stat().st_size > 0
