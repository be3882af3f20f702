"""For tests: emptying the database between two tests, which the journal's triggers rightly refuse."""

import sqlite3
from collections.abc import Iterable

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations


def let_tests_empty_the_journal() -> None:
    """Switch triggers off during `flush` on this thread's connection, and only then: tests keep the real triggers."""
    if connection.vendor == "postgresql":
        _flush_as_a_replica(type(connection.ops))
        return

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


def _flush_as_a_replica(operations: type[BaseDatabaseOperations]) -> None:
    """For every connection: under a browser's driver, whose event loop is in this thread, Django opens another one."""
    flush = operations.execute_sql_flush
    if getattr(flush, "as_a_replica", False):
        return

    def flush_as_a_replica(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    flush_as_a_replica.as_a_replica = True  # type: ignore[attr-defined]
    operations.execute_sql_flush = flush_as_a_replica  # type: ignore[method-assign]
