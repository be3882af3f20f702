from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.lifecycle.creation import rename_accounts
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.signin.attempt import SigninOutcome, attempt_signin
from vaguemestre.accounts.testing import PASSWORD, make_account

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())
HOME = ClientAddress("192.0.2.10", "Firefox")


def sign_in(typed: str, secret: str = PASSWORD, *, now: datetime = NOW, remote: ClientAddress = HOME) -> SigninOutcome:
    return attempt_signin(typed, secret, remote=remote, now=now, human=lambda: True)


@pytest.fixture
def account() -> Account:
    account = make_account("François-Marie", "Dupont")
    account.person.usual_name = "d’Hervé"
    rename_accounts(account, now=NOW)
    return account


@pytest.mark.parametrize(
    "typed",
    [
        "fdupont", "FDupont", "  fdupont ", "f dupont", "fdupont@ac-amiens.fr",
        "francoismarie.dherve@ac-amiens.fr", "FrancoisMarie.dHerve@AC-AMIENS.FR", "francoismariedherve",
        "francoismarie.dupont", "francoismariedupont@ac-amiens.fr", "François-Marie.d’Hervé",
    ],
)  # fmt: skip
def test_every_form_that_a_person_types(account: Account, typed: str) -> None:
    assert sign_in(typed).account == account


@pytest.mark.parametrize("typed", ["", "@", "fdupont@gmail.com", "dherve", "a0000001", "' OR 1=1 --", "x" * 5000])
def test_what_is_nobody(account: Account, typed: str) -> None:
    assert sign_in(typed).result == SignIn.Result.UNKNOWN


def test_a_wrong_password(account: Account) -> None:
    outcome = sign_in("fdupont", "Autre chose, 8 fois !")
    assert (outcome.account, outcome.result) == (None, SignIn.Result.WRONG)


def test_why_it_failed_is_in_the_log_only(account: Account) -> None:
    account.locked_at = NOW
    account.save()
    pending = make_account("Lili", "Hocquet", duty_start=(NOW + timedelta(days=9)).date())
    gone = make_account("Paul", "Parti")
    closure.close_accounts([gone], on=NOW.date() - timedelta(days=400), now=NOW)
    late = make_account("Luc", "Tardif", password=None)
    passwords.set_provisional(late, passwords.hasher().hash(PASSWORD.lower()), now=NOW - timedelta(days=40))
    Account.objects.filter(pk=late.pk).update(password=passwords.hasher().hash("k7mr-w4pz-9nhb"))
    for typed, secret, result in [
        ("fdupont", PASSWORD, "locked"),
        (pending.identifier, PASSWORD, "pending"),
        (gone.identifier, PASSWORD, "closed"),
        (late.identifier, "k7mr-w4pz-9nhb", "expired"),
        (late.identifier, "k7mr-w4pz-9nhc", "wrong"),
    ]:
        outcome = sign_in(typed, secret)
        assert outcome.account is None
        assert outcome.result == result


@pytest.mark.parametrize("typed", ["fdupont", "nobody", "locked"])
@pytest.mark.parametrize("secret", [PASSWORD, "Autre chose, 8 fois !", ""])
def test_one_verification_whoever_is_named(
    account: Account, typed: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = make_account("L", "Ocked")
    locked.locked_at = NOW
    locked.save()
    verifications = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, encoded: str, raw: str) -> bool:
        verifications.append(encoded)
        return verify(self, encoded, raw)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    sign_in(typed, secret)
    assert len(verifications) == 1


def test_too_many_tries_verify_nothing(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        sign_in("fdupont", f"faux {number}")
    monkeypatch.setattr(PasswordHasher, "verify", lambda *_facts: pytest.fail("verified"))
    outcome = sign_in("fdupont")
    assert outcome.result == SignIn.Result.THROTTLED
    assert outcome.wait == timedelta(minutes=1)


@pytest.mark.parametrize("dotted", [("jean.martin", "je.an.martin", "j.eanmartin@ac-amiens.fr"), ("no.body", "nobody")])
def test_a_dot_elsewhere_is_the_same_name(dotted: tuple[str, ...]) -> None:
    make_account("Jean", "Martin")
    for number in range(5):
        sign_in(dotted[number % len(dotted)], f"faux {number}")
    assert {sign_in(name).wait for name in dotted} == {timedelta(minutes=1)}


def test_changing_the_name_gives_no_more_tries_and_says_nothing() -> None:
    """Even the right password is then wrong, until the account is tried again two hours later."""
    account, names = make_account("Jean", "Martin"), ("jmartin", "jean.martin@ac-amiens.fr")
    for number in range(4):
        assert {sign_in(name, f"faux {name} {number}").wait for name in names} == {None}
    sign_in("jmartin", "faux")
    held = sign_in("jean.martin")
    assert (held.account, held.wait, held.result) == (None, None, SignIn.Result.THROTTLED)
    assert sign_in("jean.martin", remote=ClientAddress("203.0.113.9")).account == account
    assert sign_in("jean.martin", now=NOW + timedelta(hours=2)).account == account


def test_the_delay_passes(account: Account) -> None:
    for number in range(5):
        sign_in("fdupont", f"faux {number}")
    assert sign_in("fdupont", now=NOW + timedelta(minutes=1)).account == account


def test_the_log_has_each_sign_in_of_the_web(account: Account) -> None:
    sign_in("fdupont")
    sign_in("fdupont")
    for _ in range(3):
        sign_in("fdupont", "faux")
    sign_in("nobody", "faux")
    good = SignIn.objects.filter(account=account, result="good")
    assert [(line.channel, line.address, line.agent) for line in good] == [("web", "192.0.2.10", "Firefox")] * 2
    assert SignIn.objects.get(account=account, result="wrong").times == 3
    assert SignIn.objects.get(account=None).result == "unknown"


def test_queries_of_a_good_sign_in(account: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """The account, the counters, the log; the session and the known browser are the view's. The try is counted before
    it is verified and given back after it, in two transactions."""
    sign_in("fdupont")  # hashed again at today's cost
    with django_assert_num_queries(3 + 5 + 4):
        sign_in("fdupont")
