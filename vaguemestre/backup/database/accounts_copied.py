"""How many people a copy of the database knows who came at least once: their mailboxes hold something."""

import contextlib
import sqlite3
import subprocess
from pathlib import Path

from vaguemestre.backup.database.database_copy import POSTGRESQL_FILE
from vaguemestre.backup.errors import DamagedHereError

# Who chose a password was signed in, and Dovecot made a mailbox for the page that came then.
_OWN = "SELECT count(*) FROM accounts_account WHERE password_kind = 'own'"


def accounts_copied(file: Path, *, whole: bool = False) -> int:
    """Raises DamagedHereError: the copy is as it was made. `whole`: it looks at all of SQLite's pages."""
    if file.name == POSTGRESQL_FILE:
        return _in_dump(file)
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            if whole and connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise DamagedHereError(file.name)
            return int(connection.execute(_OWN).fetchone()[0])
    except sqlite3.Error as error:
        raise DamagedHereError(f"{file.name}: {error}") from error


def _in_dump(file: Path) -> int:
    """Read out of the dump: its one table, as text."""
    command = ["pg_restore", "--data-only", "--table=accounts_account", "--file=-", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    _before, copy, rest = done.stdout.partition("\nCOPY ")
    head, _line, rows = rest.partition("\n")
    columns = head.partition("(")[2].partition(")")[0].split(", ")
    if done.returncode or not copy or "password_kind" not in columns:
        raise DamagedHereError(file.name)
    place = columns.index("password_kind")
    return sum(row.split("\t")[place] == "own" for row in rows.partition("\n\\.\n")[0].splitlines() if "\t" in row)
