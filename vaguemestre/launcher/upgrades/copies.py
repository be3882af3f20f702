"""A copy of the database before it is migrated, and the way back. Whole or not at all, for the product alone."""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from vaguemestre.instance import Instance
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.folder import WEB_USER
from vaguemestre.launcher.texts import _
from vaguemestre.launcher.upgrades import postgresql_copy

KEPT = 3
STEM = "vaguemestre"
LEFT_FREE = 50_000_000  # mail goes on while it is made


def sqlite_file(data: Path) -> Path:
    return data / "db" / f"{STEM}.sqlite3"


def take(data: Path, instance: Instance) -> str | None:
    """Its name in `db/`; none when there is nothing to copy yet. Raises LauncherError before anything has changed."""
    if instance.database is None:
        return _take(data, "sqlite3", _size_of_sqlite(data), lambda draft: _copy_sqlite(sqlite_file(data), draft))
    facts = postgresql_copy.facts(data)
    if facts.empty:
        return None
    postgresql_copy.require_client(facts.major)
    server = instance.database
    return _take(data, "dump", facts.octets, lambda draft: postgresql_copy.dump(data, server, draft))


def put_back(data: Path, instance: Instance, name: str) -> None:
    """Nobody else may have the database open."""
    copy = data / "db" / name
    if not copy.is_file():
        raise LauncherError(_("The copy {file} is not there any more.", file=copy))
    if instance.database is None:
        _put_back_sqlite(data, copy)
    else:
        postgresql_copy.restore(data, instance.database, copy)


def _take(data: Path, suffix: str, octets: int | None, make: Callable[[Path], None]) -> str | None:
    if octets is None:
        return None
    folder = data / "db"
    _require_room(folder, octets)
    name = f"{STEM}-{time.strftime('%Y%m%d-%H%M%S')}.{suffix}"
    draft = folder / f".{name}.draft"
    try:
        make(draft)
        shutil.chown(draft, WEB_USER, WEB_USER)
        draft.chmod(0o600)
        draft.replace(folder / name)
    except (OSError, sqlite3.Error, postgresql_copy.CopyFailedError) as error:
        raise LauncherError(
            _("The database could not be copied ({reason}), so it was not migrated.", reason=error)
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    for old in sorted(folder.glob(f"{STEM}-*.{suffix}"))[:-KEPT]:
        old.unlink()
    return name


def _require_room(folder: Path, octets: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < octets + LEFT_FREE:
        raise LauncherError(
            _(
                "No room to copy the database before it is migrated: {folder} has {free} MB free, {needed} MB are "
                "needed.\nNothing was changed. Make room, then start again.",
                folder=folder,
                free=free // 1_000_000,
                needed=(octets + LEFT_FREE) // 1_000_000 + 1,
            )
        )


def _size_of_sqlite(data: Path) -> int | None:
    file = sqlite_file(data)
    journal = file.with_name(f"{file.name}-wal")
    return sum(each.stat().st_size for each in (file, journal) if each.exists()) if file.exists() else None


def _copy_sqlite(file: Path, target: Path) -> None:
    """Through SQLite itself, so that what is still in its journal is in the copy too."""
    with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(target)) as made:
        source.backup(made)


def _put_back_sqlite(data: Path, copy: Path) -> None:
    file = sqlite_file(data)
    draft = file.with_name(f".{file.name}.draft")
    shutil.copyfile(copy, draft)
    shutil.copymode(file if file.exists() else copy, draft)
    shutil.chown(draft, WEB_USER, WEB_USER)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    for journal in ("wal", "shm"):  # of what it replaces
        file.with_name(f"{file.name}-{journal}").unlink(missing_ok=True)
    draft.replace(file)
