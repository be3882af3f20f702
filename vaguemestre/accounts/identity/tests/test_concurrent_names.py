"""Two imports at once never give one address to two people. Threads with a connection each, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from vaguemestre.accounts.lifecycle.creation import open_accounts, rename_accounts
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.accounts.testing import make_account, make_person
from vaguemestre.people.models import Person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test"),
]
THREADS = 4
EACH = 15


def test_imports_at_once_take_turns() -> None:
    batches = [[make_person("Jean", "Martin") for _ in range(EACH)] for _ in range(THREADS)]
    together = Barrier(THREADS)

    def open_batch(persons: list[Person]) -> list[Account]:
        try:
            together.wait(10)
            return open_accounts(persons, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        accounts = [account for batch in pool.map(open_batch, batches) for account in batch]
    wanted = {"jean.martin", *(f"jean.martin{number}" for number in range(2, THREADS * EACH + 1))}
    assert {account.local_part for account in accounts} == wanted
    assert len({account.key for account in accounts}) == THREADS * EACH
    assert LocalPart.objects.count() == 2 * THREADS * EACH


def test_the_same_person_in_two_imports_has_one_account() -> None:
    person = make_person()
    together = Barrier(2)

    def open_one(_turn: int) -> str:
        try:
            together.wait(10)
            return open_accounts([person], now=timezone.now())[0].key
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        keys = set(pool.map(open_one, range(2)))
    assert len(keys) == Account.objects.count() == 1


def test_renames_and_openings_at_once() -> None:
    renamed = [make_account("Jean", f"Avant{number}", password=None) for number in range(THREADS)]
    for account in renamed:
        Person.objects.filter(pk=account.person.pk).update(last_name="Martin")
        account.refresh_from_db()
    joiner = make_person("Jean", "Martin")
    together = Barrier(THREADS + 1)

    def act(account: Account | None) -> None:
        try:
            together.wait(10)
            if account:
                rename_accounts(account, now=timezone.now())
            else:
                open_accounts([joiner], now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS + 1) as pool:
        list(pool.map(act, [*renamed, None]))
    mains = set(LocalPart.objects.filter(kind=LocalPart.Kind.MAIN).values_list("local_part", flat=True))
    assert mains == {"jean.martin", "jean.martin2", "jean.martin3", "jean.martin4", "jean.martin5"}
