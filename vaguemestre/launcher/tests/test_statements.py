"""Which tests go to the second database: together they send it each statement of the product."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.models import Account
from vaguemestre.launcher.testing.statements import StatementNotes, cover, goes_always


def test_all_is_sent_by_few_and_what_goes_anyway_counts() -> None:
    one, two, three = ("a", "SELECT 1", ""), ("a", "SELECT 2", ""), ("b", "SELECT 2", "")
    sent = {"small": {one}, "large": {one, two}, "other": {three}, "none": set(), "always": {three}}
    count = dict.fromkeys(sent, 3)
    assert cover(sent, count, set()) in ({"large", "other"}, {"large", "always"})
    assert cover(sent, count, {"always"}) == {"large"}
    assert cover(sent, count | {"large": 900, "always": 900}, set()) >= {"small", "other"}


def chosen(notes: StatementNotes, file: Path) -> list[str]:
    notes.pytest_sessionfinish()
    return file.read_text("utf-8").splitlines()


@pytest.mark.usefixtures("db")
def test_a_statement_is_who_sends_it_and_its_error_not_its_values(tmp_path: Path) -> None:
    notes, now, day = StatementNotes(tmp_path / "chosen"), timezone.now(), timedelta(days=1)
    with notes.listening():
        for test in ("one", "the same", "again"):
            notes.begin(test, always=False)
            assert rate_limit.take_one("trying", test, limit=1, per=day, now=now)
        notes.begin("its own", always=False)
        assert not Account.objects.exists()  # sent by no function of the product
        notes.begin("always", always=True)
    assert chosen(notes, tmp_path / "chosen") in (["one", "always"], ["the same", "always"], ["again", "always"])


@pytest.mark.usefixtures("db")
def test_found_by_conftest_it_goes_if_it_is_needed(request: pytest.FixtureRequest) -> None:
    assert not goes_always(request.node)


@pytest.mark.database
def test_marked_by_itself_it_goes_always(request: pytest.FixtureRequest) -> None:
    assert goes_always(request.node)


@pytest.mark.django_db(transaction=True)
def test_with_transactions_of_its_own_too(request: pytest.FixtureRequest) -> None:
    assert goes_always(request.node)
