"""Django's backend for PostgreSQL, whose answers a page does not wait for longer than its reader would."""

from django.db import connection


def limit_waits() -> None:
    """For this process and its children: a PostgreSQL that answers nothing is not waited for. Its client is not read
    where SQLite serves: 8 MB of each program."""
    if connection.vendor == "postgresql":
        from vaguemestre.web.postgresql import base

        base.limited = True
