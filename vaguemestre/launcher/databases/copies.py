"""A copy of the database before it is migrated, and the way back. Whole or not at all, for the product alone."""

import shutil
import time
from pathlib import Path

from vaguemestre.backup.database import database_copy
from vaguemestre.backup.database.database_copy import Database
from vaguemestre.backup.errors import BackupError
from vaguemestre.instance import Instance
from vaguemestre.launcher.databases import database_facts
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _

KEPT = 3
STEM = "vaguemestre"
LEFT_FREE = 50_000_000  # mail continues while it is made


def sqlite_file(data: Path) -> Path:
    return data / "db" / f"{STEM}.sqlite3"


def database_of(data: Path, instance: Instance) -> Database:
    return instance.database or sqlite_file(data)


def take(data: Path, instance: Instance) -> str | None:
    """Its name in `db/`; none when there is nothing to copy yet. Raises LauncherError before anything has changed."""
    name = f"{STEM}-{time.strftime('%Y%m%d-%H%M%S')}"
    if instance.database is None:
        if not sqlite_file(data).exists():
            return None
        name += ".sqlite3"
        _require_room(data / "db", _size_of_sqlite(data))
    else:
        facts = database_facts.ask(data, instance.database)
        if facts.empty:
            return None
        name += ".dump"
        database_facts.require_client(facts.major)
        _require_room(data / "db", facts.octets)
    try:
        database_copy.copy_database(database_of(data, instance), data / "db" / name)
    except BackupError as error:
        words = _("The database could not be copied ({reason}), so it was not migrated.", reason=error.detail)
        raise LauncherError(words) from error
    for old in sorted((data / "db").glob(f"{STEM}-*{Path(name).suffix}"))[:-KEPT]:
        old.unlink()
    return name


def put_back(data: Path, instance: Instance, name: str) -> None:
    """Nobody else may have the database open."""
    copy = data / "db" / name
    if not copy.is_file():
        raise LauncherError(_("The copy {file} is not there any more.", file=copy))
    try:
        database_copy.put_back(database_of(data, instance), copy)
    except BackupError as error:
        raise LauncherError(
            _("The copy {file} could not be put back: {reason}", file=copy, reason=error.detail)
        ) from error


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


def _size_of_sqlite(data: Path) -> int:
    file = sqlite_file(data)
    journal = file.with_name(f"{file.name}-wal")
    return sum(each.stat().st_size for each in (file, journal) if each.exists())
