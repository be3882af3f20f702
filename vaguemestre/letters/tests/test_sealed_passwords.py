from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords import passwords
from vaguemestre.letters import letter_issue, sealed_passwords
from vaguemestre.letters.models import Letter
from vaguemestre.letters.tests.cast import NOW, joiner

pytestmark = pytest.mark.django_db


def test_a_joiner_gets_one_letter_however_often_it_is_asked_for() -> None:
    accounts = [joiner("Lili"), joiner("Jean", "Martin", civility="M.", department="60")]
    assert letter_issue.prepare_letters(accounts, now=NOW) == 2
    assert letter_issue.prepare_letters(accounts, now=NOW) == 0
    assert sorted(Letter.objects.values_list("number", flat=True)) == ["2026-60-00001", "2026-80-00001"]


def test_whoever_has_chosen_a_password_gets_no_joiner_s_letter() -> None:
    account = joiner()
    passwords.set_password(account, "Un-Jardin-2026-la", now=NOW)
    assert letter_issue.prepare_letters([account], now=NOW) == 0


def test_sealing_gives_the_account_the_password_that_the_letter_holds() -> None:
    account = joiner()
    letter_issue.prepare_letters([account], now=NOW)
    heard: list[int] = []
    done = sealed_passwords.seal_pending(now=NOW, progress=heard.append)
    letter, account = Letter.objects.get(), Account.objects.get()
    assert (done.letters, heard, letter.state) == (1, [1], Letter.State.SEALED)
    assert account.password_kind == Account.PasswordKind.PROVISIONAL
    assert passwords.verify_password(account, sealed_passwords.unseal(letter.sealed or ""))


def test_the_row_does_not_show_the_password() -> None:
    letter_issue.prepare_letters([joiner()], now=NOW)
    sealed_passwords.seal_pending(now=NOW)
    letter = Letter.objects.get()
    assert sealed_passwords.unseal(letter.sealed or "") not in (letter.sealed or "")


def test_it_takes_up_where_it_stopped() -> None:
    letter_issue.prepare_letters([joiner("Lili", f"Hocquet{letter}") for letter in "abcde"], now=NOW)
    assert sealed_passwords.seal_pending(now=NOW, limit=2).letters == 2
    first = dict(Letter.objects.filter(state="sealed").values_list("pk", "sealed"))
    assert sealed_passwords.seal_pending(now=NOW).letters == 3
    assert sealed_passwords.count_pending() == 0
    assert dict(Letter.objects.filter(pk__in=first).values_list("pk", "sealed")) == first


def test_a_letter_revoked_while_its_password_is_hashed_stays_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    account = joiner()
    letter_issue.prepare_letters([account], now=NOW)
    hashed = sealed_passwords.new_secret()

    def meanwhile() -> sealed_passwords.Secret:
        return hashed

    monkeypatch.setattr(sealed_passwords, "new_secret", meanwhile)
    letter_issue.revoke_letters(account, actor="system", now=NOW)
    assert sealed_passwords._store({Letter.objects.get().pk: hashed}, NOW) == 0
    assert Account.objects.get().password is None


def test_the_newest_key_seals_and_the_old_one_still_opens(tmp_path: Path, settings: Settings) -> None:
    settings.SECRETS_DIR = tmp_path / "one"
    settings.SECRETS_DIR.mkdir()
    (settings.SECRETS_DIR / "letter-seal.1.key").write_bytes(Fernet.generate_key())
    old = sealed_passwords.new_secret().sealed
    newer = tmp_path / "two"
    newer.mkdir()
    (newer / "letter-seal.1.key").write_bytes((settings.SECRETS_DIR / "letter-seal.1.key").read_bytes())
    settings.SECRETS_DIR = newer
    (newer / "letter-seal.2.key").write_bytes(second := Fernet.generate_key())
    assert sealed_passwords.unseal(old)
    assert Fernet(second).decrypt(sealed_passwords.new_secret().sealed)


def test_without_its_key_a_letter_cannot_be_opened(tmp_path: Path, settings: Settings) -> None:
    sealed = sealed_passwords.new_secret().sealed
    settings.SECRETS_DIR = tmp_path
    with pytest.raises(sealed_passwords.SealKeyMissingError, match=r"letter-seal\.1\.key"):
        sealed_passwords.unseal(sealed)
    (tmp_path / "letter-seal.1.key").write_bytes(Fernet.generate_key())
    with pytest.raises(sealed_passwords.SealBrokenError):
        sealed_passwords.unseal(sealed)
