"""Passkeys: honest ones open, and nothing else does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.factors import factor_state, passkeys
from vaguemestre.accounts.models import Account, Notice, Passkey, Session, SpentChallenge
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.accounts.testing.passkeys import device
from vaguemestre.accounts.testing.webauthn import Authenticator
from vaguemestre.audit.models import Entry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=UTC)


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def known(account: Account) -> Authenticator:
    """A device that was added to the account."""
    made = device()
    assert passkeys.add_passkey(account, made.create(passkeys.creation_options(account, NOW)), "Ordinateur", NOW)
    return made


def test_adding_one_makes_a_second_factor_and_is_told(account: Account, known: Authenticator) -> None:
    account.refresh_from_db()
    assert account.second_factor
    assert factor_state.factor_kinds(account) == {factor_state.Kind.PASSKEY}
    assert Notice.objects.get(account=account, kind=Notice.Kind.FACTOR).details["change"] == "passkey-added"
    assert Entry.objects.get(act="factor.passkey-added").details["name"] == "Ordinateur"


def test_as_second_factor_and_alone(account: Account, known: Authenticator) -> None:
    assert passkeys.verify_passkey(known.get(passkeys.request_options(account, NOW)), account, NOW) == account
    assert passkeys.verify_passkey(known.get(passkeys.request_options(None, NOW)), None, NOW) == account
    assert Passkey.objects.get().last_used_at == NOW


def test_alone_its_device_must_have_checked_its_holder(account: Account, known: Authenticator) -> None:
    known.verifies = False
    assert passkeys.verify_passkey(known.get(passkeys.request_options(account, NOW)), account, NOW) == account
    assert passkeys.verify_passkey(known.get(passkeys.request_options(None, NOW)), None, NOW) is None


def test_alone_it_opens_nothing_while_no_password_is_chosen(account: Account, known: Authenticator) -> None:
    """An attacker's key would choose the new password of the account that was just shut."""
    Account.objects.update(password=None, password_kind=Account.PasswordKind.NONE)
    assert passkeys.verify_passkey(known.get(passkeys.request_options(None, NOW)), None, NOW) is None
    Account.objects.update(password_kind=Account.PasswordKind.TEMPORARY)
    assert passkeys.verify_passkey(known.get(passkeys.request_options(None, NOW)), None, NOW) is None
    account.refresh_from_db()
    assert passkeys.verify_passkey(known.get(passkeys.request_options(account, NOW)), account, NOW) == account


def test_an_answer_serves_once(account: Account, known: Authenticator) -> None:
    answer = known.get(passkeys.request_options(account, NOW))
    assert passkeys.verify_passkey(answer, account, NOW) == account
    Passkey.objects.update(sign_count=0)  # as a key without counter: the challenge alone must hold
    assert passkeys.verify_passkey(answer, account, NOW) is None
    assert SpentChallenge.objects.count() == 2


def test_an_answer_to_a_challenge_serves_one_of_two(account: Account, known: Authenticator) -> None:
    options = passkeys.request_options(account, NOW)
    assert passkeys.verify_passkey(known.get(options), account, NOW) == account
    assert passkeys.verify_passkey(known.get(options), account, NOW) is None


@pytest.mark.parametrize("facts", [{"origin": "https://portail.example"}, {"rp_id": "example"}], ids=["origin", "site"])
def test_another_sites_answer_is_refused(account: Account, known: Authenticator, facts: dict[str, str]) -> None:
    for name, value in facts.items():
        setattr(known, name, value)
    assert passkeys.verify_passkey(known.get(passkeys.request_options(account, NOW)), account, NOW) is None
    other = device(**facts)
    assert passkeys.add_passkey(account, other.create(passkeys.creation_options(account, NOW)), "Ailleurs", NOW) is None


def test_a_counter_that_goes_back_is_a_copy(account: Account, known: Authenticator) -> None:
    known.count = 40
    assert passkeys.verify_passkey(known.get(passkeys.request_options(account, NOW)), account, NOW) == account
    known.count = 7
    assert passkeys.verify_passkey(known.get(passkeys.request_options(account, NOW)), account, NOW) is None


def test_a_challenge_ends(account: Account, known: Authenticator) -> None:
    answer = known.get(passkeys.request_options(account, NOW))
    assert passkeys.verify_passkey(answer, account, NOW + timedelta(minutes=6)) is None


def test_a_challenge_of_another_person_or_purpose_is_none(account: Account, known: Authenticator) -> None:
    stranger = make_account("Karim", "Belkacem")
    assert passkeys.verify_passkey(known.get(passkeys.request_options(stranger, NOW)), account, NOW) is None
    assert passkeys.verify_passkey(known.get(passkeys.request_options(None, NOW)), account, NOW) is None
    assert passkeys.verify_passkey(known.get(passkeys.creation_options(account, NOW)), account, NOW) is None


def test_a_key_of_another_person_opens_nothing(account: Account, known: Authenticator) -> None:
    stranger = make_account("Karim", "Belkacem")
    assert passkeys.verify_passkey(known.get(passkeys.request_options(stranger, NOW)), stranger, NOW) is None


def test_a_key_that_names_another_holder_is_refused(account: Account, known: Authenticator) -> None:
    known.handle = "AAAA"
    assert passkeys.verify_passkey(known.get(passkeys.request_options(None, NOW)), None, NOW) is None


def test_a_challenge_of_ones_own_making_is_refused(account: Account, known: Authenticator) -> None:
    forged = json.dumps({"challenge": "A" * 75})
    assert passkeys.verify_passkey(known.get(forged), account, NOW) is None


@pytest.mark.parametrize("answer", ["", "[]", "null", "{", '{"id": 3}', '{"id": "x", "response": []}', "9" * 20_000])
def test_nonsense_is_refused(account: Account, known: Authenticator, answer: str) -> None:
    assert passkeys.verify_passkey(answer, account, NOW) is None
    assert passkeys.add_passkey(account, answer, "x", NOW) is None


@pytest.mark.parametrize("part", ["authenticatorData", "signature"])
def test_a_mangled_answer_is_refused(account: Account, known: Authenticator, part: str) -> None:
    answer = json.loads(known.get(passkeys.request_options(account, NOW)))
    for bad in ("", "AAAA", 3, None):
        answer["response"][part] = bad
        assert passkeys.verify_passkey(json.dumps(answer), account, NOW) is None


def test_the_same_key_is_not_added_twice(account: Account, known: Authenticator) -> None:
    assert passkeys.add_passkey(account, known.create(passkeys.creation_options(account, NOW)), "Encore", NOW) is None


def test_the_handle_never_is_the_accounts_key(account: Account, known: Authenticator) -> None:
    options = passkeys.creation_options(account, NOW)
    assert account.key not in options
    assert json.loads(options)["user"]["id"] == account.passkey_holder.handle


def test_withdrawing_the_last_one_ends_the_second_factor(account: Account, known: Authenticator) -> None:
    passkeys.withdraw_passkey(Passkey.objects.select_related("account").get(), NOW)
    account.refresh_from_db()
    assert not account.second_factor
    assert passkeys.verify_passkey(known.get(passkeys.request_options(None, NOW)), None, NOW) is None


def opens(client: Client, answer: str, path: str = "/session/cle/") -> bool:
    client.post(path, {"cle": answer})
    return client.get("/mon-compte/").status_code == 200


def now_known(account: Account) -> Authenticator:
    """As `known`, by the true clock: the pages read it."""
    made, now = device(), timezone.now()
    assert passkeys.add_passkey(account, made.create(passkeys.creation_options(account, now)), "Ordinateur", now)
    return made


def test_the_sign_in_page_takes_a_key_alone_once(account: Account) -> None:
    key = now_known(account)
    answer = key.get(passkeys.request_options(None, timezone.now()))
    assert opens(Client(), answer)
    assert Session.objects.get().strong
    assert not opens(Client(), answer)


def test_the_sign_in_page_refuses_another_sites_answer(account: Account) -> None:
    key = now_known(account)
    key.origin = "https://portail.example"
    assert not opens(Client(), key.get(passkeys.request_options(None, timezone.now())))
    assert not Session.objects.exists()


def test_the_page_that_adds_one_refuses_a_replay(account: Account) -> None:
    client, made = Client(), device()
    sign_in(client, account)
    answer = made.create(passkeys.creation_options(account, timezone.now()))
    assert client.post("/mon-compte/second-facteur/cles/", {"nom": "Un", "cle": answer}).status_code == 302
    Passkey.objects.all().delete()
    page = client.post("/mon-compte/second-facteur/cles/", {"nom": "Deux", "cle": answer}).content.decode()
    assert "La clé d’accès n’a pas été ajoutée" in page
    assert not Passkey.objects.exists()
