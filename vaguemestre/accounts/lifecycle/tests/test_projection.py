"""The daemons are told on commit; what fails is kept in the outbox for the repair."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lifecycle import closure, creation
from vaguemestre.accounts.models import Account, ProjectionRequest
from vaguemestre.accounts.ports import account_projector
from vaguemestre.accounts.projection import announce_change, is_confirmed
from vaguemestre.accounts.testing import make_account

pytestmark = pytest.mark.django_db
told: list[list[str]] = []


def good_projector(keys: list[str]) -> None:
    told.append(keys)
    ProjectionRequest.objects.filter(account__in=keys).delete()


def broken_projector(_keys: list[str]) -> None:
    raise OSError("the file is gone")


@pytest.fixture
def account() -> Account:
    told.clear()
    account = make_account()
    ProjectionRequest.objects.all().delete()
    return account


def test_told_on_commit(
    account: Account, rewired: ExitStack, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    rewired.enter_context(account_projector.replaced(good_projector))
    version = Account.objects.get().mail_version
    with django_capture_on_commit_callbacks(execute=True):
        announce_change([account])
        assert told == []
        assert not is_confirmed(account)
    assert told == [[account.key]]
    assert is_confirmed(account)
    assert Account.objects.get().mail_version == version + 1


def test_a_broken_projector_undoes_nothing_and_is_repaired_later(
    account: Account, rewired: ExitStack, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    rewired.enter_context(account_projector.replaced(broken_projector))
    with django_capture_on_commit_callbacks(execute=True):
        announce_change([account])
        announce_change([account])
    assert ProjectionRequest.objects.get().version == Account.objects.get().mail_version


def test_an_act_that_fails_tells_nobody(
    account: Account, rewired: ExitStack, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    rewired.enter_context(account_projector.replaced(good_projector))

    def failing_act() -> None:
        with transaction.atomic():
            announce_change([account])
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        failing_act()
    assert told == []
    assert not ProjectionRequest.objects.exists()


def test_nobody_to_tell(account: Account) -> None:
    announce_change([])
    assert not ProjectionRequest.objects.exists()


def test_the_daemons_know_a_last_day_and_a_first_day_before_they_come(account: Account) -> None:
    """They go by the date, so that no job can be late."""
    now = timezone.now()
    closure.close_accounts([account], on=today(now) + timedelta(days=20), now=now)
    assert not is_confirmed(account)
    ProjectionRequest.objects.all().delete()
    account.state = Account.State.PENDING
    creation.set_opening(account, today(now) + timedelta(days=9), now=now)
    assert not is_confirmed(account)
