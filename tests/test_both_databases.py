"""No test falls between the runs of `bin/ci`: what it takes for granted, tried."""

import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.accounts.models import Account

ROOT = Path(__file__).parent.parent
CASES = ("vaguemestre/people/tests/test_identity_check.py", "vaguemestre/directory/tests/test_search.py")


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


def test_stories_in_a_browser_lie_where_they_are_looked_for() -> None:
    places = [*ROOT.glob("vaguemestre/**/test_*.py"), *ROOT.glob("tests/test_*.py")]
    elsewhere = [path.name for path in places if "mark.browser" in path.read_text() and path != Path(__file__)]
    assert elsewhere == []


def test_of_many_cases_one_will_do_but_where_the_database_tells_them_apart(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-v", "-o", f"cache_dir={tmp_path}", "--one-case", *CASES],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.count("<Function test_the_same_person[") == 1
    assert done.stdout.count("<Function test_a_place_by_name_town_uai_and_kind[") > 1
