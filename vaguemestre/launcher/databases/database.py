"""Migrations of an existing data folder, never without a copy of what was there before."""

from pathlib import Path

from vaguemestre import __version__
from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder import upgrade_record
from vaguemestre.launcher.databases import copies
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.processes.product_commands import failure, manage, succeeds
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.texts import _

PATIENCE = 90  # seconds: PostgreSQL may start after us, and recover first


def wait(data: Path, instance: Instance, seconds: int = PATIENCE) -> None:
    if instance.database is None:
        return
    with step(_("the database answers")):
        if reason := failure(data, "vaguemestre.launcher.databases.database_wait", str(seconds)):
            raise LauncherError(
                _(
                    "PostgreSQL has not answered for {seconds} s:\n{reason}\n"
                    "Nothing was changed. Start it, or put `database` in instance.toml right, then start again.",
                    seconds=seconds,
                    reason=reason,
                )
            )


def migrate(data: Path, instance: Instance) -> None:
    """Copies first; a migration that was cut short continues, with the copy from before its beginning."""
    former, upgrade = upgrade_record.former_version(data), upgrade_record.read(data)
    pending = not _is_migrated(data, instance)
    begun = bool(upgrade and upgrade.under_way and (upgrade.copy or not pending))
    if not begun and (pending or former != __version__):
        copy = None
        if pending:
            with step(_("copy of the database before it is migrated")):
                copy = copies.take(data, instance)
        if former or copy:  # else it is new: there is nothing to go back to
            upgrade_record.keep(data, upgrade_record.Upgrade(former, __version__, copy))
    if pending:
        with step(_("tables of the database")):
            manage(data, "migrate", "--noinput")
    upgrade_record.sign(data)


def _is_migrated(data: Path, instance: Instance) -> bool:
    there = copies.sqlite_file(data).exists() if instance.database is None else True
    return there and succeeds(data, "migrate", "--check")
