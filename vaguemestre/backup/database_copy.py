"""The database as one file, taken while it is in use, and put back into an empty one."""

import configparser
import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vaguemestre.backup.errors import BackupError, TargetFullError

SQLITE_FILE, POSTGRESQL_FILE = "vaguemestre.sqlite3", "vaguemestre.dump"
_PAGES = 2000  # at a time: between them others write
_PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def copy_database(database: Mapping[str, Any], folder: Path, user: int) -> Path:
    """`database` as in Django's `DATABASES`. PostgreSQL's programs run as `user`, whom it knows."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if "postgresql" in database["ENGINE"]:
        return _dump(database, folder / POSTGRESQL_FILE, user)
    target = folder / SQLITE_FILE
    target.unlink(missing_ok=True)
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(target)) as made,
        ):
            source.backup(made, pages=_PAGES, sleep=0.01)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise (TargetFullError if "full" in str(error) else BackupError)(f"{target}: {error}") from error
    return target


def put_back(database: Mapping[str, Any], file: Path, user: int) -> None:
    """Over what is there: PostgreSQL's tables are dropped first, in one transaction with their return."""
    if file.name == POSTGRESQL_FILE:
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--dbname")
        with file.open("rb") as source:
            _postgresql("pg_restore", *options, "service=vaguemestre", database=database, user=user, stdin=source)
        return
    _put_file_back(Path(database["NAME"]), file, user)


def _put_file_back(target: Path, file: Path, user: int) -> None:
    """The folder is `user`'s own: what they may have laid there, a link above all, is neither followed nor kept."""
    draft = target.with_name(f".{target.name}.restored")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb") as made, file.open("rb") as source:  # noqa: PTH123 - the mode
        shutil.copyfileobj(source, made)
        made.flush()
        os.fchown(descriptor, user, target.parent.stat().st_gid)
        os.fsync(descriptor)
    for journal in ("wal", "shm"):  # of what it replaces
        target.with_name(f"{target.name}-{journal}").unlink(missing_ok=True)
    draft.replace(target)


def _dump(database: Mapping[str, Any], target: Path, user: int) -> Path:
    """Not compressed: restic does that, and finds what has not changed."""
    with target.open("wb") as file:
        options = ("--format=custom", "--compress=0", "--no-owner", "--dbname", "service=vaguemestre")
        _postgresql("pg_dump", *options, database=database, user=user, stdout=file)
    return target


def _postgresql(program: str, *words: str, database: Mapping[str, Any], user: int, **files: Any) -> None:
    with _service_file(database, user) as service:
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "PGSERVICEFILE": str(service)}
        try:
            done = subprocess.run(
                [program, *words], env=environment, cwd="/", user=user, extra_groups=[], stderr=subprocess.PIPE,
                check=False, **files,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise BackupError(f"{error.filename}: apt install postgresql-client") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(f"{program}: {said[0] if said else done.returncode}")


@contextlib.contextmanager
def _service_file(database: Mapping[str, Any], user: int) -> Iterator[Path]:
    """Where and as whom: in a file of that user's, since arguments and the environment can be looked at."""
    folder = Path(tempfile.mkdtemp(prefix="vaguemestre-database-"))
    try:
        made = configparser.RawConfigParser()
        made["vaguemestre"] = {name: str(database[key]) for name, key in _PARTS.items() if database.get(key)}
        file = folder / "service.conf"
        file.touch(0o600)
        with file.open("w") as opened:
            made.write(opened, space_around_delimiters=False)
        for path in (folder, file):
            os.chown(path, user, -1)
        yield file
    finally:
        shutil.rmtree(folder)
