"""The database as one file, taken while it is in use, and put back: for a backup, before a migration, after a restore.

All of it is done as the product's user, in a folder of theirs: root would follow a link laid there, and PostgreSQL may
know that user alone. Needs no Django: the launcher calls it too."""

import contextlib
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vaguemestre.backup.database import sqlite_copy
from vaguemestre.backup.errors import BackupError, TargetFullError

type Database = str | Path  # the address of PostgreSQL's, the file of SQLite's

SQLITE_FILE, POSTGRESQL_FILE = "vaguemestre.sqlite3", "vaguemestre.dump"
_PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
_FULL = re.compile(r"is full|no space left|quota exceeded", re.I)
_PSQL = ("psql", "--quiet", "--no-psqlrc", "--no-password", "--set=ON_ERROR_STOP=1")
# All that is ours in the database, what a migration has added as well.
_EMPTY = """
SET lock_timeout = '30s';
SET client_min_messages = warning;
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE %I CASCADE', found.name);
  END LOOP;
  FOR found IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP SEQUENCE %I CASCADE', found.name);
  END LOOP;
  FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
      WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION %s CASCADE', found.name);
  END LOOP;
END $$;
"""


def database_of(settings: Mapping[str, Any]) -> Database:
    """`settings`: as in Django's `DATABASES`."""
    if "postgresql" not in settings["ENGINE"]:
        return Path(settings["NAME"])
    from psycopg.conninfo import make_conninfo  # 8 MB of each program, for nothing where SQLite serves

    return make_conninfo("", **{name: str(settings[key]) for name, key in _PARTS.items() if settings.get(key)})


def copy_database(database: Database, target: Path, *, compressed: bool = True) -> None:
    """`target`, in a folder of the product's user, is new or is replaced whole. Raises BackupError; then it is as it
    was."""
    if isinstance(database, Path):
        _copy_file(database, target)
        return
    draft = target.with_name(f".{target.name}.draft")
    options = ["--format=custom", *([] if compressed else ["--compress=0"]), "--no-password", f"--file={draft}"]
    try:
        with _access(database, target.parent) as (address, environment):
            _succeed(["pg_dump", *options, f"--dbname={address}"], _as_owner(target.parent, environment))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def put_back(database: Database, copy: Path) -> None:
    """Over what is there; nobody else may have it open. `copy`: in a folder of the product's user. Raises BackupError;
    then all is as it was: PostgreSQL does it in one transaction."""
    if isinstance(database, Path):
        _copy_file(copy, database)
        return
    with _access(database, copy.parent) as (address, environment):
        _pour(copy, address, _as_owner(copy.parent, environment))


def take_copy(database: Database, theirs: Path, into: Path) -> Path:
    """A copy in root's own folder `into`, by way of `theirs`, the product's user's. Not compressed: restic does that,
    and finds what has not changed."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = SQLITE_FILE if isinstance(database, Path) else POSTGRESQL_FILE
    copy_database(database, theirs / name, compressed=False)
    taken = (theirs / name).rename(into / name)
    if not stat.S_ISREG(taken.lstat().st_mode):  # laid there meanwhile
        taken.unlink()
        raise BackupError(taken)
    return taken


def give_back(database: Database, copy: Path, theirs: Path) -> None:
    """The other way: `copy` of root's is put back, and is gone."""
    owner = theirs.stat()
    os.chown(copy, owner.st_uid, owner.st_gid)
    given = copy.rename(theirs / copy.name)
    try:
        put_back(database, given)
    finally:
        given.unlink(missing_ok=True)


def _copy_file(source: Path, target: Path) -> None:
    command = [sys.executable, "-I", sqlite_copy.__file__, str(source), str(target)]
    _succeed(command, _as_owner(target.parent, {}))


def _pour(copy: Path, address: str, run_as: dict[str, Any]) -> None:
    """Its statements into psql, which keeps them only when all have come: at a mere end of its input it would not."""
    end, entry = os.pipe()
    with open(entry, "wb", buffering=0) as statements:  # noqa: PTH123 - a pipe
        with open(end, "rb") as source:  # noqa: PTH123 - likewise
            writer = _begin([*_PSQL, f"--dbname={address}"], run_as | {"stdin": source})
        with contextlib.suppress(BrokenPipeError):
            statements.write(f"BEGIN;{_EMPTY}".encode())
        reader = _begin(["pg_restore", "--no-owner", "--file=-", str(copy)], run_as | {"stdout": statements})
        unread = reader.communicate()[1]
        with contextlib.suppress(BrokenPipeError):
            if reader.returncode == 0:
                statements.write(b"\nCOMMIT;\n")
    _require(writer, writer.communicate()[1])
    _require(reader, unread)


def _succeed(command: list[str], run_as: dict[str, Any]) -> None:
    process = _begin(command, run_as)
    _require(process, process.communicate()[1])


def _require(process: subprocess.Popen[str], said: str) -> None:
    if process.returncode:
        lines = said.strip().splitlines() or [f"({process.returncode})"]
        raise (TargetFullError if _FULL.search(said) else BackupError)(lines[0])


def _begin(command: list[str], run_as: dict[str, Any]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(command, text=True, **run_as)
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename}: apt install postgresql-client") from error


def _as_owner(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    owner = folder.stat()
    return {
        "user": owner.st_uid, "group": owner.st_gid, "extra_groups": [], "umask": sqlite_copy.PRIVATE, "cwd": "/",
        "env": {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **environment},
        "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE,
    }  # fmt: skip


@contextlib.contextmanager
def _access(server: str, folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Address and environment for a program of PostgreSQL. A password goes by a file: arguments and environments of
    processes are read by others."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    parts = conninfo_to_dict(server)
    password = str(parts.pop("password", "") or "")
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".pgpass-") as file:
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        owner = folder.stat()
        os.chown(file.fileno(), owner.st_uid, owner.st_gid)  # not by its name: the folder is not ours
        yield make_conninfo("", **parts), {"PGPASSFILE": file.name} if password else {}
