"""The same code typed twice at the same moment proves one thing once; guesses that arrive together are counted."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from vaguemestre.accounts.models import Code
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.testing import make_account
from vaguemestre.accounts.testing.codes import TARGET, sent_to, wrong

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test"),
]
THREADS = 5  # as many as a code has tries


def all_at_once(typed: str) -> list[str | None]:
    account, together, now = make_account(), Barrier(THREADS), timezone.now()
    confirmation_codes.send_confirmation(account, confirmation_codes.Purpose.RESCUE, TARGET, now=now)
    code = sent_to(TARGET) if typed == "right" else wrong(sent_to(TARGET))

    def type_it(_number: int) -> str | None:
        try:
            together.wait(10)
            return confirmation_codes.check_confirmation(account, confirmation_codes.Purpose.RESCUE, code, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(type_it, range(THREADS)))


def test_a_right_code_works_once() -> None:
    answers = all_at_once("right")
    assert answers.count(TARGET) == 1
    assert answers.count(None) == THREADS - 1


def test_each_wrong_one_counts() -> None:
    assert set(all_at_once("wrong")) == {None}
    assert Code.objects.get().tries == THREADS
