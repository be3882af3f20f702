"""A query whose SQL is made once.

Django compiles a query anew at each use; for what every page asks, that costs several times the answer (0.56 ms against
0.16 for the session of a request)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler


class CompiledQuery[M: Model]:
    """`CompiledQuery(lambda key: Session.objects.filter(pk=key))`, then `.first("abc")`: one query, as the query set
    would.

    Words only: each value must be a string that its field leaves as it is."""

    def __init__(self, make: Callable[..., QuerySet[M]]) -> None:
        self._make = make
        self._made: dict[str, _Compiled[M]] = {}

    def first(self, *values: str) -> M | None:
        return next(iter(self.all(*values)), None)

    def all(self, *values: str) -> QuerySet[M]:
        connection = connections[DEFAULT_DB_ALIAS]
        made = self._compiled(connection.vendor, len(values))
        filled = {_mark(place): value for place, value in enumerate(values)}
        compiler = copy.copy(made.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: (made.sql, tuple(filled.get(one, one) for one in made.marked))  # type: ignore[method-assign]
        compiler.get_converters = lambda _: made.converters  # type: ignore[method-assign, assignment]
        found = made.queryset.all()
        found.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return found

    def _compiled(self, vendor: str, count: int) -> "_Compiled[M]":
        if vendor not in self._made:
            queryset = self._make(*(_mark(place) for place in range(count)))
            compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
            sql, params = compiler.as_sql()
            converters = compiler.get_converters([one[0] for one in compiler.select])
            self._made[vendor] = _Compiled(queryset, compiler, sql, tuple(params), converters)
        return self._made[vendor]


class CompiledRows:
    """`CompiledRows(lambda key: Label.objects.filter(account=key).values_list("name"))`, then `.all("a0000001")`.

    Rows as the driver gives them, not as the fields would: for text, whole numbers, and whether anything is there."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._make = make
        self._made: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def all(self, *values: str) -> list[tuple[Any, ...]]:
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self._made:
            queryset = self._make(*(_mark(place) for place in range(len(values))))
            sql, params = queryset.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            self._made[connection.vendor] = sql, tuple(params)
        sql, marked = self._made[connection.vendor]
        filled = {_mark(place): value for place, value in enumerate(values)}
        with connection.cursor() as cursor:
            cursor.execute(sql, tuple(filled.get(one, one) for one in marked))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found


@dataclass(frozen=True, slots=True)
class _Compiled[M: Model]:
    queryset: QuerySet[M]
    compiler: SQLCompiler
    sql: str
    marked: tuple[Any, ...]
    converters: Any  # of what is read, column by column


def _mark(place: int) -> str:
    return f"\N{INFORMATION SEPARATOR ONE}{place}"
