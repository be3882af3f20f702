from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from django.conf import settings
from django.utils import timezone

from vaguemestre.academy.facts import academy, read_academy
from vaguemestre.accounts.models import Account, ProjectionRequest, Session
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import PASSWORD, make_account
from vaguemestre.audit.models import Entry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())


def open_session(account: Account) -> Session:
    before = set(account.sessions.values_list("pk", flat=True))
    sessions.open_session(account, shared_computer=False, address=None, agent="", now=NOW)
    return account.sessions.exclude(pk__in=before).get()


def test_the_authority_hashes_with_argon2id_at_the_cost_that_was_measured() -> None:
    facts = read_academy(Path(settings.BASE_DIR) / "academy.toml").passwords.argon2
    assert (facts.memory_kib, facts.time_cost, facts.parallelism) == (19456, 2, 1)
    encoded = passwords._hasher(facts.memory_kib, facts.time_cost, facts.parallelism).hash("x")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_verification() -> None:
    account = make_account()
    assert passwords.verify_password(account, PASSWORD)
    assert not passwords.verify_password(account, PASSWORD + " ")
    assert not passwords.verify_password(account, "")
    assert not passwords.verify_password(None, PASSWORD)
    assert not passwords.verify_password(make_account(password=None), "")


@pytest.mark.parametrize("who", ["good", "wrong", "no password", "nobody"])
def test_exactly_one_verification_of_the_same_cost(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, never timed: the account of the test is hashed at the cost of today, as the dummy is."""
    account = None if who == "nobody" else make_account(password=None)
    if account and who != "no password":
        passwords.set_password(account, PASSWORD, now=NOW)
    costs = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, encoded: str, raw: str) -> bool:
        costs.append(extract_parameters(encoded))
        return verify(self, encoded, raw)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    passwords.verify_password(account, PASSWORD if who == "good" else "Autre chose, 8 fois !")
    today = academy().passwords.argon2
    assert [(cost.memory_cost, cost.time_cost) for cost in costs] == [(today.memory_kib, today.time_cost)]
    assert (costs[0].hash_len, costs[0].salt_len) == (32, 16)


def test_accents_match_however_the_keyboard_composes_them() -> None:
    account = make_account(password=None)
    passwords.set_password(account, "Cafe\u0301 noir, 3 sucres", now=NOW)
    assert passwords.verify_password(account, "Caf\u00e9 noir, 3 sucres")


def test_upgraded_at_sign_in_when_the_parameters_have_grown() -> None:
    account = make_account()  # hashed at the lowest cost
    before, version = account.password, Account.objects.get().mail_version
    passwords.upgrade_hash(account, PASSWORD)
    account.refresh_from_db()
    assert account.password != before
    assert passwords.verify_password(account, PASSWORD)
    assert account.mail_version == version + 1
    upgraded = account.password
    passwords.upgrade_hash(account, PASSWORD)
    account.refresh_from_db()
    assert account.password == upgraded


def test_the_letters_password_has_no_ambiguous_sign_and_is_never_twice_the_same() -> None:
    made = {passwords.generate_provisional() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        groups = password.split("-")
        assert [len(group) for group in groups] == [4, 4, 4]
        assert not set("".join(groups)) & set("0OoIl1i")


@pytest.mark.parametrize("typed", ["k7mr-w4pz-9nhb", "K7MR W4PZ 9NHB", "k7mrw4pz9nhb", " k7mr–w4pz-9nhb "])
def test_the_letters_password_is_forgiving(typed: str) -> None:
    account = make_account(password=None)
    passwords.set_provisional(account, passwords.hasher().hash("k7mr-w4pz-9nhb"), now=NOW)
    assert passwords.verify_password(account, typed)
    assert not passwords.verify_password(account, typed.replace("9", "8"))


def test_a_provisional_password_expires_counted_from_the_day_of_duty() -> None:
    account = make_account(password=None, duty_start=NOW.date() + timedelta(days=20))
    passwords.set_provisional(account, passwords.hasher().hash("x"), now=NOW)
    days = academy().passwords.provisional_days
    assert not passwords.is_expired(account, NOW + timedelta(days=days + 19))
    assert passwords.is_expired(account, NOW + timedelta(days=days + 20))


def test_a_reissued_letter_replaces_the_password_and_ends_every_session() -> None:
    account = make_account()
    open_session(account)
    passwords.set_provisional(account, passwords.hasher().hash("k7mr-w4pz-9nhb"), now=NOW)
    account.refresh_from_db()
    assert account.first_signin_due
    assert not account.sessions.exists()
    assert not passwords.verify_password(account, PASSWORD)
    assert Entry.objects.filter(act="password.provisional", subject=account.key).exists()
    assert ProjectionRequest.objects.get(account=account).version == account.mail_version


def test_choosing_a_password_ends_every_other_session() -> None:
    account = make_account()
    here = open_session(account)
    open_session(account)
    passwords.set_password(account, "Quatre chênes, 9 nids !", now=NOW, keep=here)
    assert [session.pk for session in account.sessions.all()] == [here.pk]
    assert Entry.objects.filter(act="password.chosen", subject=account.key, actor=account.key).exists()


def test_only_the_last_passwords_are_remembered() -> None:
    account = make_account(password=None)
    for number in range(5):
        passwords.set_password(account, f"Phrase {number} du soir !", now=NOW + timedelta(days=number))
    assert account.former_passwords.count() == academy().passwords.remembered
    assert account.former_passwords.filter(encoded=account.password).exists()
