"""The copy of a PostgreSQL database, by PostgreSQL's own programs and as the product's user."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.folder import WEB_USER
from vaguemestre.launcher.product_commands import talk
from vaguemestre.launcher.texts import _

# All that is ours in the database, what a migration has added as well.
EMPTY = """
SET lock_timeout = '30s';
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


class Facts(NamedTuple):
    major: int
    octets: int
    tables: int

    @property
    def empty(self) -> bool:
        return not self.tables


def facts(data: Path, server: str) -> Facts:
    return Facts(*map(int, talk(data, ["vaguemestre.launcher.upgrades.database_facts"], server).split()))


def require_client(major: int) -> None:
    """A client reads servers of its own version and older ones."""
    try:
        said = subprocess.run(["pg_dump", "--version"], capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        said = ""
    found = re.search(r"\) (\d+)", said)
    if found and int(found[1]) >= major:
        return
    raise LauncherError(
        _(
            "The database is copied before it is migrated, by the program pg_dump of PostgreSQL {major} or later: here "
            "is {found}.\nNothing was changed. Install it (apt install postgresql-client-{major}), then start again.",
            major=major,
            found=f"pg_dump {found[1]}" if found else _("none"),
        )
    )


def dump(data: Path, server: str, target: Path) -> str:
    """Why it failed; nothing when it did not."""
    draft = target.with_name(f".{target.name}.draft")
    try:
        with _access(data, server) as (address, environment):
            done = subprocess.run(
                ["pg_dump", "--format=custom", "--no-password", f"--file={draft}", f"--dbname={address}"],
                env=environment, user=WEB_USER, group=WEB_USER, extra_groups=[], umask=0o077, cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            return done.stderr.strip() or f"pg_dump ({done.returncode})"
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return ""


def restore(data: Path, server: str, copy: Path) -> str:
    """Why it failed; nothing when it did not. In one transaction: after a failure, or a death, all is as it was."""
    with _access(data, server) as (address, environment):
        exit_of_reader, exit_of_writer, said = _pour(copy, address, environment)
    return (said.strip() or f"pg_restore ({exit_of_reader})") if exit_of_reader or exit_of_writer else ""


def clear(data: Path, server: str) -> str:
    """Nothing of ours is left in it. Why it failed; nothing when it did not."""
    with _access(data, server) as (address, environment):
        done = subprocess.run(
            ["psql", "--quiet", "--no-psqlrc", "--no-password", "--set=ON_ERROR_STOP=1", f"--dbname={address}"],
            env=environment, user=WEB_USER, group=WEB_USER, extra_groups=[], cwd="/", input=f"BEGIN;{EMPTY}COMMIT;\n",
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    return (done.stderr.strip() or f"psql ({done.returncode})") if done.returncode else ""


def _pour(copy: Path, address: str, environment: dict[str, str]) -> tuple[int, int, str]:
    """Its statements into psql, which keeps them only when all have come: at a mere end of its input it would not."""
    end, entry = os.pipe()
    writer = subprocess.Popen(
        ["psql", "--quiet", "--no-psqlrc", "--no-password", "--set=ON_ERROR_STOP=1", f"--dbname={address}"],
        env=environment, user=WEB_USER, group=WEB_USER, extra_groups=[], cwd="/", stdin=end, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(end)
    exit_of_reader = 1
    with contextlib.suppress(BrokenPipeError), open(entry, "wb", buffering=0) as statements:  # noqa: PTH123 - a pipe
        statements.write(f"BEGIN;{EMPTY}".encode())
        exit_of_reader = subprocess.call(
            ["pg_restore", "--no-owner", "--file=-", str(copy)], env=environment, user=WEB_USER, group=WEB_USER,
            extra_groups=[], cwd="/", stdin=subprocess.DEVNULL, stdout=statements, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if exit_of_reader == 0:
            statements.write(b"\nCOMMIT;\n")
    said = writer.communicate()[1]
    return exit_of_reader, writer.returncode, said


@contextlib.contextmanager
def _access(data: Path, server: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Address and environment for a program of PostgreSQL. A password goes by a file: arguments and environments of
    processes are read by others."""
    parts = conninfo_to_dict(server)
    password = str(parts.pop("password", "") or "")
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    with tempfile.NamedTemporaryFile("w", dir=data / "tmp", prefix="pgpass-") as file:
        escaped = password.replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        shutil.chown(file.fileno(), WEB_USER, WEB_USER)  # not by its name: the folder is not ours
        yield make_conninfo("", **parts), environment | ({"PGPASSFILE": file.name} if password else {})
