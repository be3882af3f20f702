"""The database of PostgreSQL that a restore goes into. The restored instance.toml names that of the backup, which may
be alive: a drill must never write there. So it is named again, and is empty, or is copied before it is written over."""

import time
import tomllib
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from vaguemestre.backup.database.database_copy import POSTGRESQL_FILE, copy_database
from vaguemestre.backup.errors import BackupError
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.databases import database_facts
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _


def public_name(server: str) -> str:
    """Without its password; the same for two spellings."""
    try:
        parts = conninfo_to_dict(server)
    except psycopg.ProgrammingError as error:
        raise LauncherError(_("--database is not an address postgresql://…")) from error
    parts.pop("password", None)
    return make_conninfo("", **parts)


def require_free(data: Path, server: str, copy: str, *, force: bool, ours: bool) -> None:
    """Raises LauncherError; then nothing was changed. `copy`: name of the file in the backup. `ours`: a restore that
    was cut short went there."""
    if copy != POSTGRESQL_FILE:
        if server:
            raise LauncherError(_("The database of this backup is SQLite: leave out --database."))
        return
    if not server:
        raise LauncherError(
            _(
                "The database of this backup is PostgreSQL. Say where it is put back, in a new and empty one: "
                "--database postgresql://…\nNothing was changed."
            )
        )
    try:
        facts = database_facts.ask(data, server)
    except LauncherError as error:
        reason = str(error).splitlines()[-1]
        raise LauncherError(
            _("The database of --database does not answer. Nothing was changed.\n{reason}", reason=reason)
        ) from error
    database_facts.require_client(facts.major)
    if facts.empty or ours:
        return
    if not force:
        raise LauncherError(
            _(
                "There are tables in the database {name}. Is it the right one? Name an empty one; or --force, which "
                "copies it first, then writes over it.\nNothing was changed.",
                name=conninfo_to_dict(server).get("dbname", ""),
            )
        )
    _copy(data, server)


def _copy(data: Path, server: str) -> None:
    """In `db`, and put aside with it."""
    folder.lay_out(data)
    file = data / "db" / f"before-restore-{time.strftime('%Y%m%d-%H%M%S')}.dump"
    try:
        copy_database(server, file)
    except BackupError as error:
        words = _("The database could not be copied ({reason}). Nothing was changed.", reason=error.detail)
        raise LauncherError(words) from error
    print(_("Copy of what is in the database: {file}", file=file.name), flush=True)


def write(file: Path, server: str) -> None:
    """`database` of that instance.toml; the rest of it stays."""
    lines = file.read_text().splitlines()
    tables = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    kept = [line for line in lines[:tables] if line.partition("=")[0].strip().strip("\"'") != "database"]
    text = "\n".join([*kept, f"database = {folder.toml(server)}", *lines[tables:], ""])
    if tomllib.loads(text)["database"] != server:
        raise LauncherError(_("{file}: `database` could not be written.", file=file))
    folder.write(file, text, mode=file.stat().st_mode & 0o777)
