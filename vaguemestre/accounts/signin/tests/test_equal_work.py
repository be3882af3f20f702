"""A wrong secret costs the same, whoever is named: one Argon2 verification, and the same queries. What differs would
tell by its time who exists, who holds a key, who is locked. No clock here: `bench.strangers` has one."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from argon2 import PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.accounts.attempts import known_devices, throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.lifecycle import shared_accounts
from vaguemestre.accounts.lifecycle.shared_accounts import SharedName
from vaguemestre.accounts.mail_access import gate_policy
from vaguemestre.accounts.mail_access.gate_policy import MailSignIn
from vaguemestre.accounts.models import Failure, SignIn
from vaguemestre.accounts.signin.attempt import attempt_signin
from vaguemestre.accounts.testing import make_account
from vaguemestre.accounts.testing.account_kinds import names_by_kind
from vaguemestre.testing import without_noise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("traces_apart")]
SECRETS = {"a word": "Autre chose, 8 fois !", "a PIN and a code": "7305123456", "a code": "123456", "nothing": " "}


@pytest.fixture
def names() -> dict[str, str]:
    numbers = count(1)
    found = names_by_kind(lambda: make_account("Agathe", f"Essai{'abcdefghijklmnopqrst'[next(numbers)]}"), nobody="n")
    shared_accounts.open_shared_accounts([SharedName("ce.0801234a", "Collège")], now=timezone.now())
    held = make_account("Luc", "Tenu")
    for number in range(throttle.ACCOUNT.limit):  # under several names, so that none of them is told to wait
        name = ("ltenu", "luc.tenu", held.address)[number % 3]
        attempt_signin(name, f"faux {number}", remote=ClientAddress("127.0.0.1"), now=timezone.now(), human=bool)
    Failure.objects.filter(count__lt=throttle.ACCOUNT.limit).delete()
    SignIn.objects.all().delete()
    return found | {"shared mailbox": "ce.0801234a", "held": "ltenu"}


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, encoded: str, raw: str) -> bool:
        calls.append(encoded)
        return verify(self, encoded, raw)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return calls


@pytest.mark.parametrize("cookie", ["", "a browser that says it is known"])
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_the_sign_in_page(names: dict[str, str], verified: list[str], secret: str, cookie: str) -> None:
    def attempt(name: str) -> str:
        browser = Client()
        if cookie:
            browser.cookies[known_devices.COOKIE] = cookie
        return browser.post("/session/", {"identifiant": name, "secret": secret}).text

    assert_equal_work(names, attempt, verified, verifications=1)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_the_way_in_of_an_owner_who_is_held(names: dict[str, str], verified: list[str], secret: str) -> None:
    form = {"secret": secret, "code": "2222-2222-2222"}
    assert_equal_work(
        names, lambda name: Client().post("/session/preuve/", form | {"identifiant": name}).text, verified, 1
    )


@pytest.mark.parametrize("protocol", ["imap", "smtp"])
def test_the_gate_of_mail_programs(names: dict[str, str], verified: list[str], protocol: str) -> None:
    """It is asked, and Dovecot verifies (`engine.tests.test_equal_work`)."""
    numbers = count()

    def attempt(name: str) -> str:
        program = MailSignIn(login=name, remote="127.0.0.1", protocol=protocol, secret_trace=f"{next(numbers):03x}")
        return str(gate_policy.decide(program, now=timezone.now()).message)

    assert_equal_work(names, attempt, verified, verifications=0)


def assert_equal_work(
    names: dict[str, str], attempt: Callable[[str], str], verified: list[str], verifications: int
) -> None:
    """And the same page."""
    seen = {}
    for kind, name in names.items():
        Failure.objects.filter(count__lt=throttle.ACCOUNT.limit).delete()
        SignIn.objects.all().delete()
        verified.clear()
        with CaptureQueriesContext(connection) as captured:
            page = attempt(name)
        seen[kind] = [_shape(query["sql"]) for query in captured], len(verified), _plain(page, name)
    queries, _count, page = seen["nobody"]
    assert {kind: found[1] for kind, found in seen.items()} == dict.fromkeys(names, verifications)
    for kind, found in seen.items():
        assert found[0] == queries, kind
        assert found[2] == page, kind


def _shape(sql: str) -> str:
    """A query without its values: nobody's account is none."""
    values = re.sub(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b|(?<!IS )(?<!NOT )NULL", "?", sql)
    return values.replace("IS NULL", "= ?")


def _plain(page: str, name: str) -> str:
    """Without what is drawn again for each page, nor the name that was typed."""
    drawn = re.compile(r'(?<=epreuve" value=")[^"]*|(?<=/bv/chiffres/)[^/]*|(?<=data-options=")[^"]*')
    return drawn.sub("", without_noise(page)).replace(f'value="{name}"', "")
