"""A query whose SQL is made once.

Django compiles a query again at each use; for what every page asks, that costs several times the answer (0.56 ms
against 0.16 for the session of a request)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

type Values = Sequence[Any]


class CompiledQuery[M: Model]:
    """`CompiledQuery(lambda key: Session.objects.filter(pk=key))`, then `.first("abc")`: one query, as the query set
    would.

    Words only: each value must be a string that its field leaves as it is. Which columns make which object is read once
    from Django's compiler, whose form is nobody's promise: `tests/test_compiled_queries.py` holds it."""

    def __init__(self, make: Callable[..., QuerySet[M]]) -> None:
        self.make = make
        self._made: dict[str, _Compiled[M]] = {}

    def first(self, *values: str) -> M | None:
        return next(iter(self.all(*values)), None)

    def all(self, *values: str) -> list[M]:
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        if vendor not in self._made:
            self._made[vendor] = _Compiled.of(self.make(*map(_mark, range(len(values)))))
        return self._made[vendor].objects(values)


class CompiledRows:
    """`CompiledRows(lambda key: Label.objects.filter(account=key).values_list("name"))`, then `.all("a0000001")`.

    Rows as the driver gives them, not as the fields would: for text, whole numbers, and whether anything is there."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
        self._made: dict[str, _Statement] = {}

    def all(self, *values: str) -> list[tuple[Any, ...]]:
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        if vendor not in self._made:
            queryset = self.make(*map(_mark, range(len(values))))
            sql, params = queryset.query.sql_with_params()
            self._made[vendor] = _Statement(sql, tuple(params))
        return self._made[vendor].rows(values)


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    marked: tuple[Any, ...]

    def rows(self, values: Sequence[str]) -> list[tuple[Any, ...]]:
        filled = {_mark(place): value for place, value in enumerate(values)}
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self.sql, tuple(filled.get(one, one) for one in self.marked))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of one object, and how it hangs on the one that refers to it."""

    model: type[Model]
    names: list[str]
    columns: slice
    key: int  # the column of its primary key: nothing there, no object
    joins: tuple[Callable[[Any, Any], None], ...]  # from the one that refers to it, and back
    parts: "tuple[_Part, ...]"

    @classmethod
    def of(cls, told: Any, compiler: SQLCompiler) -> Self:
        first, last = told["select_fields"][0], told["select_fields"][-1]
        names = [compiler.select[place][0].target.attname for place in range(first, last + 1)]
        key = first + names.index(told["model"]._meta.pk.attname)
        parts = tuple(cls.of(one, compiler) for one in told.get("related_klass_infos", ()))
        joins = tuple(told[name] for name in ("local_setter", "remote_setter") if name in told)
        return cls(told["model"], names, slice(first, last + 1), key, joins, parts)

    def object(self, row: Values) -> Model | None:
        if row[self.key] is None:
            return None
        found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for part in self.parts:
            there, back = part.joins
            other = part.object(row)
            there(found, other)
            if other is not None:
                back(other, found)
        return found


@dataclass(frozen=True, slots=True)
class _Compiled[M: Model]:
    statement: _Statement
    whole: _Part
    converters: list[tuple[int, list[Any], Any]]  # of what is read, column by column
    annotations: list[tuple[str, int]]

    @classmethod
    def of(cls, queryset: QuerySet[M]) -> Self:
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([one[0] for one in compiler.select])
        return cls(
            _Statement(sql, tuple(params)), _Part.of(compiler.klass_info, compiler),
            [(place, list(some), expression) for place, (some, expression) in converters.items()],
            list(compiler.annotation_col_map.items()),
        )  # fmt: skip

    def objects(self, values: Sequence[str]) -> list[M]:
        found: list[M] = []
        for row in self.statement.rows(values):
            told = list(row)
            for place, some, expression in self.converters:
                for convert in some:
                    told[place] = convert(told[place], expression, connections[DEFAULT_DB_ALIAS])
            one: Any = self.whole.object(told)
            for name, place in self.annotations:
                setattr(one, name, told[place])
            found.append(one)
        return found


def _mark(place: int) -> str:
    return f"\N{INFORMATION SEPARATOR ONE}{place}"
