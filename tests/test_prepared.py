"""A prepared query says what the same query set says, each time for its own values."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from vaguemestre.clock.models import Due
from vaguemestre.web.compiled_query import CompiledQuery

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def named() -> CompiledQuery[Due]:
    for job, key in (("a.b", "un"), ("a.b", "deux"), ("c.d", "un")):
        Due.objects.create(job=job, key=key, at=AT)
    return CompiledQuery(lambda job: Due.objects.filter(job=job, attempts=0).order_by("key"))


@pytest.mark.django_db
def test_each_use_has_its_own_values(named: CompiledQuery[Due]) -> None:
    assert [due.key for due in named.all("a.b")] == ["deux", "un"]
    assert [due.key for due in named.all("c.d")] == ["un"]
    assert [due.key for due in named.all("a.b")] == ["deux", "un"]
    assert named.first("x.y") is None


@pytest.mark.django_db
def test_a_value_is_never_sql(named: CompiledQuery[Due]) -> None:
    assert named.first("' OR 1=1 --") is None


@pytest.mark.django_db
def test_one_query_and_fresh_rows(named: CompiledQuery[Due]) -> None:
    named.first("c.d")
    Due.objects.filter(job="c.d").update(error="panne")
    with CaptureQueriesContext(connections["default"]) as asked:
        found = named.first("c.d")
    assert found is not None
    assert (found.error, found.at) == ("panne", AT)
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_threads_use_their_own_connection(named: CompiledQuery[Due]) -> None:
    def keys(job: str) -> list[str]:
        try:
            return [due.key for due in named.all(job)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(keys, ["a.b", "c.d"] * 10))
    assert found == [["deux", "un"], ["un"]] * 10
