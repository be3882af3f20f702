"""For tests of every room: people with accounts, and browsers that are signed in."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.lifecycle.creation import open_accounts
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.people.models import Person

PASSWORD = "Trois merles, 7 fois!"
_numbers = count(1)


def make_person(first_name: str = "Agathe", last_name: str = "Essai", **facts: Any) -> Person:
    """Somebody in post for years, without a NUMEN. `facts` are fields of Person."""
    defaults = {
        "hr_key": f"essai-{next(_numbers)}",
        "civility": Person.Civility.MRS,
        "birth_date": date(1984, 3, 12),
        "category": "CERT",
        "department": "80",
        "duty_start": date(2020, 9, 1),
    }
    return Person.objects.create(first_name=first_name, last_name=last_name, **(defaults | facts))


def make_account(
    first_name: str = "Agathe", last_name: str = "Essai", *, password: str | None = PASSWORD, **facts: Any
) -> Account:
    """An open account whose first sign-in is done; with `password=None`, one that has no password yet."""
    (account,) = make_accounts([make_person(first_name, last_name, **facts)], password=password)
    return account


def make_accounts(persons: Sequence[Person], *, password: str | None = PASSWORD) -> list[Account]:
    """The same for several at once, in their order."""
    accounts = open_accounts(persons, now=timezone.now())
    if password is not None:
        for account in accounts:
            _sign_in_first(account, password)
        announce_change(accounts)
    return accounts


def give_password(account: Account, raw: str) -> None:
    """Chosen long ago, at the lowest cost that Argon2 has: tests whose subject is not the hash need no more."""
    _sign_in_first(account, raw)
    announce_change([account])


def _sign_in_first(account: Account, raw: str) -> None:
    account.password, account.password_kind = cheap_hash(raw), Account.PasswordKind.OWN
    account.password_set_at = timezone.now()
    account.charter_version, account.charter_accepted_at = academy().charter.version, account.password_set_at
    account.welcomed_at = account.password_set_at
    account.save(
        update_fields=[
            "password", "password_kind", "password_set_at", "charter_version", "charter_accepted_at", "welcomed_at"
        ]
    )  # fmt: skip


def sign_in(
    client: Client,
    account: Account,
    *,
    now: datetime | None = None,
    shared_computer: bool = False,
    strong: bool = False,
) -> str:
    """The browser is signed in from now on, and has just proved who it is. Answers the session's token. Whoever has no
    password came with a letter's: there is no other way in."""
    Account.objects.filter(pk=account.pk, password_kind=Account.PasswordKind.NONE).update(
        password=cheap_hash(PASSWORD), password_kind=Account.PasswordKind.PROVISIONAL
    )
    as_it_is = Account.objects.select_related("person").get(pk=account.pk)
    token = sessions.open_session(
        as_it_is, shared_computer=shared_computer, address="192.0.2.10", agent="test", now=now or timezone.now(),
        strong=strong,
    )  # fmt: skip
    assert token
    client.cookies[sessions.COOKIE] = token
    return token


@lru_cache(maxsize=64)
def cheap_hash(raw: str) -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(raw)
