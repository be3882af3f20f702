"""The test database as migrations leave it, kept in `build/` from one run to the next: migrating again takes ten
seconds of processor each time. A kept file bears the hash of what makes the tables; when that changes it is made
again."""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from tools import postgresql
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder.folder import WEB_USER

KEPT = CHECKOUT / "build" / "databases"


def restore(database: dict[str, Any]) -> bool:
    """The test database of these settings, from its template. False when there is none: migrations make it."""
    name = database["TEST"]["NAME"]
    if _is_sqlite(database):
        return name is not None and copy_sqlite(Path(name))  # else in memory
    if not _template("sql").is_file():
        return False
    name = str(name or f"test_{database['NAME']}")
    place = {"host": str(database["HOST"]), "user": str(database["USER"])}
    _client("createdb", "-h", place["host"], "-U", place["user"], name)
    return fill_postgresql(make_conninfo(dbname=name, **place))


def fill_postgresql(address: str) -> bool:
    """An empty database. Like `copy_sqlite`, for a demo too: its first start then finds every migration applied."""
    if not (template := _template("sql")).is_file():
        return False
    _client("psql", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", template, address)
    return True


def copy_sqlite(file: Path) -> bool:
    if not (template := _template("sqlite3")).is_file():
        return False
    shutil.copyfile(template, file)
    shutil.chown(file, WEB_USER, WEB_USER)
    file.chmod(0o600)
    return True


def keep(database: dict[str, Any]) -> None:
    """Called before the first test, when migrations have just made the tables."""
    sqlite = _is_sqlite(database)
    if sqlite and not Path(database["NAME"]).is_file():
        return
    template = _template("sqlite3" if sqlite else "sql")
    template.parent.mkdir(exist_ok=True)
    made = template.with_name(f"{template.name}.{os.getpid()}")  # another run may do the same now
    if sqlite:
        with contextlib.closing(sqlite3.connect(database["NAME"])) as connection:
            connection.execute("VACUUM INTO ?", [str(made)])
    else:
        address = make_conninfo(dbname=database["NAME"], host=database["HOST"], user=database["USER"])
        made.write_bytes(_client("pg_dump", "--no-owner", address))
    made.replace(template)
    for old in set(template.parent.glob(f"*{template.suffix}")) - {template}:
        old.unlink(missing_ok=True)


def _template(suffix: str) -> Path:
    digest = hashlib.sha256()
    for file in sorted(_sources()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return KEPT / f"{digest.hexdigest()[:16]}.{suffix}"


def _sources() -> list[Path]:
    return [*CHECKOUT.glob("vaguemestre/*/migrations/*.py"), CHECKOUT / "requirements-dev.lock", Path(__file__)]


def _is_sqlite(database: dict[str, Any]) -> bool:
    return str(database["ENGINE"]).endswith("sqlite3")


def _client(program: str, *arguments: str | Path) -> bytes:
    return subprocess.run([postgresql.programs() / program, *arguments], check=True, stdout=subprocess.PIPE).stdout
