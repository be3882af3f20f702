"""For tests: emptying the database between two tests, which the journal's triggers rightly refuse on SQLite."""

import sqlite3
from collections.abc import Iterable

from django.db import connection


def let_tests_empty_the_journal() -> None:
    """Switch triggers off during `flush` on this thread's connection, and only then: tests keep the real triggers."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL truncates, which row triggers do not see
    flush = connection.ops.execute_sql_flush

    def flush_without_triggers(sql_list: Iterable[str]) -> None:
        connection.ensure_connection()
        raw = connection.connection
        raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        try:
            flush(sql_list)
        finally:
            raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)

    connection.ops.execute_sql_flush = flush_without_triggers  # type: ignore[method-assign]  # this connection only
