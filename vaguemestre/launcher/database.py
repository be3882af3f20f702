"""Migrations of an existing data folder, never without a copy of what was there before."""

import contextlib
import shutil
import sqlite3
import time
from pathlib import Path

from vaguemestre.instance import Instance
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.folder import WEB_USER
from vaguemestre.launcher.product_commands import failure, manage, succeeds
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.texts import _

KEPT_COPIES = 3
PATIENCE = 90  # seconds: PostgreSQL may start after us, and recover first


def wait(data: Path, instance: Instance, seconds: int = PATIENCE) -> None:
    if instance.database is None:
        return
    with step(_("the database answers")):
        if reason := failure(data, "vaguemestre.launcher.database_wait", str(seconds)):
            raise LauncherError(
                _(
                    "PostgreSQL has not answered for {seconds} s:\n{reason}\n"
                    "Nothing was changed. Start it, or put `database` in instance.toml right, then start again.",
                    seconds=seconds,
                    reason=reason,
                )
            )


def migrate(data: Path, instance: Instance) -> None:
    file = data / "db" / "vaguemestre.sqlite3"
    exists = file.exists() if instance.database is None else True
    if exists and succeeds(data, "migrate", "--check"):
        return
    if instance.database is None and exists:
        with step(_("copy of the database before it is migrated")):
            copy(file)
    with step(_("tables of the database")):
        manage(data, "migrate", "--noinput")


def copy(file: Path) -> Path:
    """Through SQLite itself, so that what is still in its journal is in the copy too."""
    target = file.with_name(f"{file.stem}-{time.strftime('%Y%m%d-%H%M%S')}.sqlite3")
    try:
        with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(target)) as made:
            source.backup(made)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise LauncherError(
            _("The database could not be copied ({reason}), so it was not migrated.", reason=error)
        ) from error
    shutil.chown(target, WEB_USER, WEB_USER)
    target.chmod(0o600)
    for old in sorted(file.parent.glob(f"{file.stem}-*.sqlite3"))[:-KEPT_COPIES]:
        old.unlink()
    return target
