"""For tests of every room: people with accounts, and browsers that are signed in."""

from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts import sessions
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.opening import open_accounts
from vaguemestre.accounts.projection import announce
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
    (account,) = open_accounts([make_person(first_name, last_name, **facts)], now=timezone.now())
    if password is not None:
        give_password(account, password)
    return account


def give_password(account: Account, raw: str) -> None:
    """Chosen long ago, at the lowest cost that Argon2 has: tests whose subject is not the hash need no more."""
    account.password, account.password_kind = cheap_hash(raw), Account.PasswordKind.OWN
    account.password_set_at = timezone.now()
    account.save(update_fields=["password", "password_kind", "password_set_at"])
    announce([account])


def sign_in(client: Client, account: Account, *, now: datetime | None = None, shared_computer: bool = False) -> str:
    """The browser is signed in from now on. Answers the session's token."""
    token = sessions.open_session(
        account, shared_computer=shared_computer, address="192.0.2.10", agent="test", now=now or timezone.now()
    )
    client.cookies[sessions.COOKIE] = token
    return token


@lru_cache(maxsize=64)
def cheap_hash(raw: str) -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(raw)
