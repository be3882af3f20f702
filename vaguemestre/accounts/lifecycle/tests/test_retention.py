from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.accounts.attempts import attempt_log, throttle
from vaguemestre.accounts.lifecycle.retention import sweep
from vaguemestre.accounts.models import Code, Failure, KnownDevice, Notice, Session, SignIn
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import make_account

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())


def test_what_is_old_goes_and_what_serves_stays() -> None:
    account = make_account()
    for age in (attempt_log.KEPT + timedelta(days=1), timedelta(days=2)):
        at = NOW - age
        SignIn.objects.create(at=at, account=account, channel="web", result="good", network="")
        sessions.open_session(account, shared_computer=False, address=None, agent="", now=at)
        KnownDevice.objects.create(account=account, token_hash=str(age), seen_at=at)
        Failure.objects.create(subject=str(age), last_at=at)
    sessions.open_session(account, shared_computer=False, address=None, agent="", now=NOW)
    Failure.objects.create(subject="now", last_at=NOW - throttle.FORGOTTEN_AFTER)
    sweep("", NOW)
    assert SignIn.objects.get().at == NOW - timedelta(days=2)
    assert Session.objects.get().created_at == NOW
    assert KnownDevice.objects.count() == 1
    assert [failure.subject for failure in Failure.objects.all()] == ["now"]


def test_codes_go_after_a_day_and_notices_after_a_year() -> None:
    account = make_account()
    confirmation_codes.send_confirmation(
        account, confirmation_codes.Purpose.RESCUE, "a@boite.example", now=NOW - timedelta(days=1, minutes=1)
    )
    confirmation_codes.send_confirmation(
        account, confirmation_codes.Purpose.REDIRECTION, "a@boite.example", now=NOW - timedelta(hours=1)
    )
    notices.tell_owner(account, Notice.Kind.PASSWORD, now=NOW - attempt_log.KEPT - timedelta(days=1))
    notices.tell_owner(account, Notice.Kind.FACTOR, now=NOW - timedelta(days=300))
    sweep("", NOW)
    assert [code.purpose for code in Code.objects.all()] == ["redirection"]
    assert [notice.kind for notice in Notice.objects.all()] == ["factor"]
