"""What must be known of PostgreSQL's database before it is copied. Its server is asked as the product's user, who alone
may ask: `python -m vaguemestre.launcher.databases.database_facts` reads its address on standard input."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import psycopg

from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.processes.product_commands import talk
from vaguemestre.launcher.texts import _

QUESTION = """
SELECT current_setting('server_version_num')::int / 10000, pg_database_size(current_database()),
       (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema())
"""


class Facts(NamedTuple):
    major: int
    octets: int
    tables: int

    @property
    def empty(self) -> bool:
        return not self.tables


def ask(data: Path, server: str) -> Facts:
    return Facts(*map(int, talk(data, ["vaguemestre.launcher.databases.database_facts"], server).split()))


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


if __name__ == "__main__":
    with psycopg.connect(sys.stdin.read()) as connection:
        print(*connection.execute(QUESTION).fetchone() or ())
