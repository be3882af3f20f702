"""A copy of the database before it is migrated, and the way back. Whole or not at all, for the product alone."""

import shutil
import time
from pathlib import Path

from vaguemestre.instance import Instance
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.product_commands import failure
from vaguemestre.launcher.texts import _
from vaguemestre.launcher.upgrades import postgresql_copy

SQLITE_COPY = "vaguemestre.launcher.upgrades.sqlite_copy"
KEPT = 3
STEM = "vaguemestre"
LEFT_FREE = 50_000_000  # mail goes on while it is made


def sqlite_file(data: Path) -> Path:
    return data / "db" / f"{STEM}.sqlite3"


def take(data: Path, instance: Instance) -> str | None:
    """Its name in `db/`; none when there is nothing to copy yet. Raises LauncherError before anything has changed."""
    name = f"{STEM}-{time.strftime('%Y%m%d-%H%M%S')}"
    if instance.database is None:
        if not sqlite_file(data).exists():
            return None
        name += ".sqlite3"
        _require_room(data / "db", _size_of_sqlite(data))
        reason = failure(data, SQLITE_COPY, str(sqlite_file(data)), str(data / "db" / name))
    else:
        facts = postgresql_copy.facts(data, instance.database)
        if facts.empty:
            return None
        name += ".dump"
        postgresql_copy.require_client(facts.major)
        _require_room(data / "db", facts.octets)
        reason = postgresql_copy.dump(data, instance.database, data / "db" / name)
    if reason:
        raise LauncherError(_("The database could not be copied ({reason}), so it was not migrated.", reason=reason))
    for old in sorted((data / "db").glob(f"{STEM}-*{Path(name).suffix}"))[:-KEPT]:
        old.unlink()
    return name


def put_back(data: Path, instance: Instance, name: str) -> None:
    """Nobody else may have the database open."""
    copy = data / "db" / name
    if not copy.is_file():
        raise LauncherError(_("The copy {file} is not there any more.", file=copy))
    if instance.database is None:
        reason = failure(data, SQLITE_COPY, str(copy), str(sqlite_file(data)))
    else:
        reason = postgresql_copy.restore(data, instance.database, copy)
    if reason:
        raise LauncherError(_("The copy {file} could not be put back: {reason}", file=copy, reason=reason))


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
