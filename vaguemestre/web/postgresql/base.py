"""A server that is stopped, or whose disk hangs, takes connections and never answers. No setting of PostgreSQL's or of
libpq's helps there (`statement_timeout` is the server's own, `tcp_user_timeout` is for TCP): we stop waiting.

Off until `limit_waits` is called: a migration or an import may take its time.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.errors import ConnectionTimeout
from psycopg.pq import TransactionStatus

ANSWER_SECONDS = 7.0
CONNECT_SECONDS = 3
PAUSE_SECONDS = 3.0  # after one has waited in vain; then one tries again, and the others are told at once

limited = False
_lock = threading.Lock()
_next_try = 0.0  # 0: it answers


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not limited:
            return super().get_new_connection(conn_params)
        _take_turn()
        try:
            made = super().get_new_connection({**conn_params, "connect_timeout": CONNECT_SECONDS})
        except ConnectionTimeout:
            _set_next_try(time.monotonic() + PAUSE_SECONDS)
            raise
        _set_next_try(0.0)
        made.wait = _limited_wait(made)
        return made


def _take_turn() -> None:
    """While it does not answer, threads that all waited for it would be missed by whoever needs no database."""
    global _next_try
    with _lock:
        now = time.monotonic()
        if now < _next_try:
            raise psycopg.OperationalError("PostgreSQL did not answer a moment ago")
        if _next_try:
            _next_try = now + CONNECT_SECONDS + PAUSE_SECONDS


def _set_next_try(moment: float) -> None:
    global _next_try
    with _lock:
        _next_try = moment


def _limited_wait(connection: psycopg.Connection[Any]) -> Callable[..., Any]:
    """psycopg's own, with the limit that it takes and no setting gives."""
    wait = connection.wait

    def wait_not_for_ever(*arguments: Any, **options: Any) -> Any:
        try:
            return wait(*arguments, **{"timeout": ANSWER_SECONDS, **options})
        except psycopg.OperationalError as error:
            if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
                connection.pgconn.finish()  # what it may still answer is of no use: the next one opens its own
                raise psycopg.OperationalError(f"PostgreSQL has not answered for {ANSWER_SECONDS:.0f} s") from error
            raise

    return wait_not_for_ever
