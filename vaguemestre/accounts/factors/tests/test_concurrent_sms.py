"""Codes by text message typed at the same moment: each opens one thing once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from vaguemestre.accounts.factors import sms_codes
from vaguemestre.accounts.lost_password import sms_reset
from vaguemestre.accounts.lost_password.testing import make_forgetful
from vaguemestre.accounts.models import ResetLink
from vaguemestre.accounts.testing import make_account
from vaguemestre.accounts.testing.sms import confirm_phone, gateway, last_code
from vaguemestre.courier.testing import Gateway

__all__ = ["gateway"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test"),
]
THREADS = 4  # fewer than a code has tries
NUMBER = "AAAA-2222"


def all_at_once(typing: Callable[[], object]) -> list[object]:
    together = Barrier(THREADS)

    def one(_number: int) -> object:
        try:
            together.wait(10)
            return typing()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_a_code_for_a_new_password(gateway: Gateway) -> None:
    account, now = make_forgetful(rescue=None), timezone.now()
    confirm_phone(account)
    sms_reset.send_reset_code(account, NUMBER, now=now)
    code = last_code(gateway, now)
    answers = all_at_once(lambda: sms_reset.exchange_code(NUMBER, code, now=now))
    assert sum(answer is not None for answer in answers) == 1
    assert ResetLink.objects.filter(ended_at=None).count() == 1


def test_a_code_at_the_second_step(gateway: Gateway) -> None:
    account, now = make_account(), timezone.now()
    confirm_phone(account)
    sms_codes.enrol_sms(account, now)
    sms_codes.send_code(account, "192.0.2.0/24", now)
    code = last_code(gateway, now)
    answers = all_at_once(lambda: sms_codes.check_code(account, code, now))
    assert sorted(answers, key=bool) == [False] * (THREADS - 1) + [True]
