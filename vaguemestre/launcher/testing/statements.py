"""`--note-statements FILE`: which tests say something new about another database, one a line, for `pytest @FILE`.

What may differ there is a statement. So each that a function of the product sends, with the error it raised, is sent
there by one test at least: few tests do, and none is chosen by hand. Those with transactions of their own, those that
are skipped here and those marked `database` by themselves go there with all their cases. See docs/decisions/pace.md.
"""

import heapq
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from vaguemestre.launcher.checkout import CHECKOUT

MARK = "database"
type Statement = tuple[str, str, str]  # who sends it, its text without values, the error
_PRODUCT = f"{CHECKOUT / 'vaguemestre'}/"
_HELPERS = re.compile(r"/(tests|testing|migrations)/|/(conftest|testing)\.py$|/launcher/")
_SET_UP = 50  # statements: what a test costs besides those that it sends
_LISTS = (re.compile(r"\(%s(?:, %s)*\)"), re.compile(r"(\(…\))(?:, \(…\))+"), re.compile(r"(WHEN .{1,80}? THEN %s )+"))
_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class StatementNotes:
    """A plugin of pytest."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._sent: dict[str, set[Statement]] = {}  # by each test
        self._count: dict[str, int] = {}
        self._always: set[str] = set()
        self._test = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if item.get_closest_marker(MARK):
            self.begin(item.nodeid, always=goes_always(item))
        result = yield
        self._test = ""
        return result

    def begin(self, test: str, *, always: bool) -> None:
        self._test, self._sent[test], self._count[test] = test, set(), 0
        if always:
            self._always.add(test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and report.nodeid in self._sent:
            self._always.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        chosen = self._always | cover(self._sent, self._count, self._always)
        self._file.write_text("".join(f"{test}\n" for test in self._sent if test in chosen), encoding="utf-8")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """To the statements of each connection, whichever thread opens it."""

        def listen(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
            if self._execute not in connection.execute_wrappers:
                wrappers.enter_context(connection.execute_wrapper(self._execute))

        with ExitStack() as wrappers:
            for connection in connections.all(initialized_only=True):
                listen(connection)
            connection_created.connect(listen)
            try:
                yield
            finally:
                connection_created.disconnect(listen)

    def _execute(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if self._test not in self._sent:
            return execute(sql, params, many, context)
        error = ""
        try:
            return execute(sql, params, many, context)
        except Exception as raised:
            error = type(raised).__name__
            raise
        finally:
            self._note(str(sql), error)

    def _note(self, sql: str, error: str) -> None:
        self._count[self._test] += 1
        if not sql.startswith(_TRANSACTIONS) and (sender := _sender()):
            self._sent[self._test].add((sender, _without_values(sql), error))


def goes_always(item: pytest.Item) -> bool:
    """Marked by itself, not by conftest.py; or with transactions that others see."""
    tables = item.get_closest_marker("django_db")
    own = bool(tables and tables.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())
    return own or any(not mark.kwargs for mark in item.iter_markers(MARK))


def cover(sent: Mapping[str, set[Statement]], count: Mapping[str, int], chosen: set[str]) -> set[str]:
    """Tests that together send all that is not sent by those chosen already: each time the one that sends the most new
    statements for what it costs. Costs are counted, not measured: the same tests each time."""
    missing = set[Statement]().union(*sent.values()).difference(*(sent[test] for test in chosen))
    added: set[str] = set()
    best = [(-len(sent[test] & missing) / (_SET_UP + count[test]), test) for test in sorted(sent)]
    heapq.heapify(best)
    while missing and best:
        test = heapq.heappop(best)[1]
        worth = -len(sent[test] & missing) / (_SET_UP + count[test])
        if best and worth > best[0][0]:
            if worth:
                heapq.heappush(best, (worth, test))
            continue
        added.add(test)
        missing -= sent[test]
    return added


def _sender() -> str:
    """The innermost function of the product on the way to this statement."""
    frame = sys._getframe(1)
    while frame := frame.f_back:  # type: ignore[assignment]
        code = frame.f_code
        if _is_product(code.co_filename):
            return f"{code.co_filename}:{code.co_qualname}"
    return ""


@cache
def _is_product(file: str) -> bool:
    return file.startswith(_PRODUCT) and not _HELPERS.search(file)


@lru_cache(maxsize=100_000)
def _without_values(sql: str) -> str:
    """However many values it bears, and whatever number stands in it."""
    one = _LISTS[0].sub("(…)", sql)
    return re.sub(r"\b\d+\b", "0", _LISTS[2].sub(r"\1", _LISTS[1].sub(r"\1", one)))
