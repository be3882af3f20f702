"""Codes of a phone and codes on paper: each once, also at the same moment."""

import threading
from datetime import datetime, timedelta

import pyotp
import pytest
from django.conf import settings
from django.db import connection

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.compromise import factor_loss
from vaguemestre.accounts.factors import factor_state, recovery_codes, totp
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, Notice, RecoveryCode, Totp
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.roles import role_lookup
from vaguemestre.accounts.testing import make_account
from vaguemestre.accounts.testing.factors import NOW, SECRET, agent
from vaguemestre.audit.models import Entry

STEP = timedelta(seconds=30)


def code(now: datetime = NOW, steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(now + steps * STEP)


@pytest.fixture
def account(db: None) -> Account:
    account = make_account()
    totp.enrol_with(account, SECRET, NOW)
    return account


def test_a_telephone_counts_only_after_its_first_code(db: None) -> None:
    account = make_account()
    secret = totp.begin_totp(account, NOW, shown_in="ici")
    assert totp.begin_totp(account, NOW, shown_in="ici") == secret
    assert not totp.check_totp(account, pyotp.TOTP(secret).at(NOW), NOW)
    assert not totp.confirm_totp(account, "000000", NOW, shown_in="ici")
    assert totp.confirm_totp(account, f" {pyotp.TOTP(secret).at(NOW)} ", NOW, shown_in="ici")
    account.refresh_from_db()
    assert account.second_factor
    assert Notice.objects.filter(account=account).count() == Entry.objects.filter(subject=account.key).count() - 1


def test_the_secret_is_sealed_in_the_table(account: Account) -> None:
    assert SECRET not in Totp.objects.get().sealed_secret


def test_the_first_code_does_not_serve_again(db: None) -> None:
    account = make_account()
    generator = pyotp.TOTP(totp.begin_totp(account, NOW, shown_in="ici"))
    assert totp.confirm_totp(account, generator.at(NOW), NOW, shown_in="ici")
    assert not totp.check_totp(account, generator.at(NOW), NOW)


def test_a_code_serves_once_and_so_does_an_older_one(account: Account) -> None:
    assert totp.check_totp(account, code(), NOW)
    assert not totp.check_totp(account, code(), NOW)
    assert not totp.check_totp(account, code(steps=-1), NOW)
    assert totp.check_totp(account, code(steps=1), NOW)


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(account: Account, steps: int, good: bool) -> None:
    assert totp.check_totp(account, code(steps=steps), NOW) is good


def test_a_clock_that_drifts_is_followed_and_the_present_always_counts(account: Account) -> None:
    assert totp.check_totp(account, code(steps=1), NOW)
    later = NOW + timedelta(hours=1)
    assert totp.check_totp(account, code(later, steps=2), later)
    evening = NOW + timedelta(hours=9)
    assert totp.check_totp(account, code(evening), evening)


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "١٢٣٤٥٦", "1234567"])
def test_what_is_no_code_is_refused(account: Account, typed: str) -> None:
    assert not totp.check_totp(account, typed, NOW)


def test_replacing_the_telephone_ends_the_former(account: Account) -> None:
    secret = totp.begin_totp(account, NOW, shown_in="ici")
    assert totp.check_totp(account, code(), NOW)
    assert totp.confirm_totp(account, pyotp.TOTP(secret).at(NOW), NOW, shown_in="ici")
    assert not totp.check_totp(account, code(steps=1), NOW)
    assert Totp.objects.count() == 1


def test_ten_codes_each_once(account: Account) -> None:
    codes = recovery_codes.renew_codes(account, NOW)
    assert len(set(codes)) == recovery_codes.COUNT
    assert recovery_codes.use_code(account, codes[0].upper().replace("-", " "), NOW)
    assert not recovery_codes.use_code(account, codes[0], NOW)
    assert recovery_codes.count_left(account) == 9
    assert not RecoveryCode.objects.filter(hash__in=codes).exists()


def test_a_new_list_ends_the_former(account: Account) -> None:
    former = recovery_codes.renew_codes(account, NOW)
    recovery_codes.renew_codes(account, NOW)
    assert not recovery_codes.use_code(account, former[0], NOW)


def test_a_code_of_a_colleague_opens_nothing(account: Account) -> None:
    colleague = make_account("Karim", "Belkacem")
    assert not recovery_codes.use_code(colleague, recovery_codes.renew_codes(account, NOW)[0], NOW)


def test_without_a_factor_the_codes_on_paper_go(account: Account) -> None:
    recovery_codes.renew_codes(account, NOW)
    assert factor_state.factor_kinds(account) == {factor_state.Kind.TOTP, factor_state.Kind.RECOVERY}
    totp.withdraw_totp(account, NOW)
    assert factor_state.factor_kinds(account) == set()


def test_a_new_password_takes_no_factor_away(account: Account) -> None:
    recovery_codes.renew_codes(account, NOW)
    passwords.set_password(account, "Sept grues, 3 marais !", now=NOW)
    assert factor_state.factor_kinds(account) == {factor_state.Kind.TOTP, factor_state.Kind.RECOVERY}


def test_the_help_desk_takes_all_away_and_it_is_told(account: Account) -> None:
    recovery_codes.renew_codes(account, NOW)
    assert factor_loss.withdraw_all(account, by="a0000042", now=NOW) == 1
    account.refresh_from_db()
    assert not account.second_factor
    assert factor_state.factor_kinds(account) == set()
    assert Entry.objects.get(act="factor.all-withdrawn").actor == "a0000042"
    assert "L’assistance a retiré" in notices.notice_text(Notice.objects.latest("id"))


def test_of_a_stolen_account_only_what_is_recent_goes(account: Account) -> None:
    recovery_codes.renew_codes(account, NOW)
    day = timedelta(days=1)
    assert factor_loss.withdraw_since(account, NOW + day, by="a0000042") == 0
    assert factor_state.factor_kinds(account) == {factor_state.Kind.TOTP, factor_state.Kind.RECOVERY}
    assert factor_loss.withdraw_since(account, NOW - day, by="a0000042") == 1
    assert factor_state.factor_kinds(account) == set()
    assert not Account.objects.get(pk=account.pk).second_factor


def test_a_role_that_reads_others_accounts_needs_one(db: None) -> None:
    account, day = agent(), today(NOW)
    assert factor_state.is_factor_missing(account, day)
    totp.enrol_with(account, SECRET, NOW)
    assert not factor_state.is_factor_missing(account, day)
    assert factor_state.is_last_required(account, day)
    assert not factor_state.is_factor_missing(make_account(), day)


def test_so_does_one_whom_the_authority_names_itself(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account("Jeanne", "Nommée")
    named = academy().help_desk.model_copy(update={"agents": {"80": [account.identifier]}})
    monkeypatch.setattr(role_lookup, "academy", lambda: academy().model_copy(update={"help_desk": named}))
    assert factor_state.is_factor_missing(account, today(NOW))


def test_an_otp_key_is_enough(db: None) -> None:
    account = agent()
    account.method = Account.Method.OTP_KEY
    assert not factor_state.is_factor_missing(account, today(NOW))


@pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["telephone", "paper"])
def test_two_sign_ins_at_once_with_one_code(kind: str) -> None:
    account = make_account()
    totp.enrol_with(account, SECRET, NOW)
    typed = code() if kind == "telephone" else recovery_codes.renew_codes(account, NOW)[0]
    use = totp.check_totp if kind == "telephone" else recovery_codes.use_code
    together, results = threading.Barrier(4), []

    def sign_in() -> None:
        try:
            together.wait()
            results.append(use(account, typed, NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


def test_a_secret_is_shown_again_only_here_and_for_a_quarter_of_an_hour(db: None) -> None:
    """An attacker had it shown, and waits for its owner to take it."""
    account = make_account()
    secret = totp.begin_totp(account, NOW, shown_in="ici")
    soon, later = NOW + timedelta(minutes=14), NOW + timedelta(minutes=15)
    assert totp.begin_totp(account, soon, shown_in="ici") == secret
    assert not totp.confirm_totp(account, pyotp.TOTP(secret).at(later), later, shown_in="ici")
    assert totp.begin_totp(account, later, shown_in="ici") != secret
    secret = totp.begin_totp(account, later, shown_in="ici")
    assert not totp.confirm_totp(account, pyotp.TOTP(secret).at(later), later, shown_in="ailleurs")
    assert totp.begin_totp(account, later, shown_in="ailleurs") != secret
    assert Totp.objects.count() == 1


def test_a_new_password_ends_the_secret_that_was_shown(account: Account) -> None:
    totp.begin_totp(account, NOW, shown_in="ici")
    passwords.set_password(account, "Sept loutres, 4 rivières !", now=NOW)
    assert totp.check_totp(account, code(), NOW)
    assert Totp.objects.get().confirmed_at
