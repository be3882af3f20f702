"""Copies a SQLite database into one file, for `database_copy`, which calls it by its path: it needs nothing but Python.

`sqlite_copy.py SOURCE TARGET`: TARGET is new, or is replaced whole.
"""

import contextlib
import os
import sqlite3
import sys
from pathlib import Path

PRIVATE = 0o077


def copy(source: Path, target: Path) -> None:
    """Through SQLite itself, so that what is still in a journal is in the copy too; in one read, since what others
    write between two would make it begin again."""
    draft = target.with_name(f".{target.name}.draft")
    draft.unlink(missing_ok=True)
    there = f"{source.absolute().as_uri()}?mode=rw"  # not made where there is none
    try:
        with (
            contextlib.closing(sqlite3.connect(there, uri=True, timeout=20)) as opened,
            contextlib.closing(sqlite3.connect(draft)) as made,
        ):
            opened.backup(made)
        if not target.is_symlink() and target.exists():
            draft.chmod(target.stat().st_mode & 0o777)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        for journal in ("wal", "shm"):  # of what it replaces
            target.with_name(f"{target.name}-{journal}").unlink(missing_ok=True)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


if __name__ == "__main__":
    os.umask(PRIVATE)
    try:
        copy(Path(sys.argv[1]), Path(sys.argv[2]))
    except (OSError, sqlite3.Error) as error:
        sys.exit(str(error))
