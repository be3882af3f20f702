"""No test falls between the runs of `bin/ci`: what it takes for granted, tried."""

from pathlib import Path

import pytest

from vaguemestre.accounts.models import Account

ROOT = Path(__file__).parent.parent
# Without the mark these ask the run's database, in processes of their own.
ASK_IN_PROCESSES = "running_demo("


def bears_the_mark(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("database") is not None


def test_without_the_mark_tables_are_refused(request: pytest.FixtureRequest) -> None:
    assert not bears_the_mark(request)
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        Account.objects.exists()


def test_by_a_fixture(request: pytest.FixtureRequest, db: None) -> None:
    assert bears_the_mark(request)
    assert not Account.objects.exists()


@pytest.mark.django_db
def test_by_the_mark_of_the_library(request: pytest.FixtureRequest) -> None:
    assert bears_the_mark(request)
    assert not Account.objects.exists()


def test_what_asks_in_processes_says_so_itself() -> None:
    asking = [path for path in ROOT.glob("vaguemestre/*/tests/*.py") if ASK_IN_PROCESSES in path.read_text()]
    assert asking
    assert [path.name for path in asking if "mark.database" not in path.read_text()] == []


def test_stories_in_a_browser_lie_where_they_are_looked_for() -> None:
    places = [*ROOT.glob("vaguemestre/**/test_*.py"), *ROOT.glob("tests/test_*.py")]
    elsewhere = [path.name for path in places if "mark.browser" in path.read_text() and path != Path(__file__)]
    assert elsewhere == []
