"""Guesses that arrive together are counted one by one, and wait for nobody for ever."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from vaguemestre.accounts.attempts import throttle
from vaguemestre.accounts.attempts.throttle import CountedAttempt
from vaguemestre.accounts.models import Failure
from vaguemestre.accounts.testing import make_account

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test"),
]
THREADS = 6
EACH = 4


def test_each_guess_counts() -> None:
    account, together, now = make_account("Jean", "Martin"), Barrier(THREADS), timezone.now()
    attempts = [
        CountedAttempt(name="jmartin", account=account, network=f"192.0.{number % 2}.0/24") for number in range(THREADS)
    ]

    def guess(number: int) -> None:
        try:
            together.wait(10)
            for turn in range(EACH):
                throttle.count_failure(attempts[number], f"{number} {turn}", now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(guess, range(THREADS)))
    counts = {subject: Failure.objects.get(pk=subject).count for subject in attempts[0].subjects}
    assert counts[attempts[0].own] == THREADS * EACH // 2
    assert counts[attempts[0].flood] == THREADS * EACH // 2
    assert counts[attempts[0].everywhere] == throttle.EVERYWHERE.limit
