"""PIN and six digits at the sign-in: what opens, what opens nothing, and nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from django.conf import settings
from django.db import connection

from vaguemestre.accounts.models import Account, Notice, OtpKey
from vaguemestre.accounts.otp import activation, key_lifecycle, otp_values
from vaguemestre.accounts.otp.testing import PIN, Fob, hand, hold, judge_code, make_key
from vaguemestre.accounts.otp.verification import OtpVerdict
from vaguemestre.accounts.testing import PASSWORD, make_account

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)
HOTP, TOTP = OtpKey.Kind.HOTP, OtpKey.Kind.TOTP


@pytest.fixture
def account(db: None) -> Account:
    return make_account("Hélène", "Carpentier")


@pytest.fixture
def fob(account: Account) -> Fob:
    return hold(account, now=NOW)


def test_pin_then_code_opens_and_a_code_alone_or_a_password_does_not(account: Account, fob: Fob) -> None:
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.GOOD
    assert judge_code(account, fob.press(), NOW) is OtpVerdict.WRONG
    assert judge_code(account, PASSWORD, NOW) is OtpVerdict.WRONG


def test_spaces_are_forgiven(account: Account, fob: Fob) -> None:
    code = fob.press()
    assert judge_code(account, f"{PIN} {code[:3]} {code[3:]}", NOW) is OtpVerdict.GOOD


def test_a_code_never_works_twice(account: Account, fob: Fob) -> None:
    typed = PIN + fob.press()
    assert judge_code(account, typed, NOW) is OtpVerdict.GOOD
    assert judge_code(account, typed, NOW) is OtpVerdict.WRONG


def test_a_code_before_a_used_one_does_not_work(account: Account, fob: Fob) -> None:
    earlier, later = fob.press(), fob.press()
    assert judge_code(account, PIN + later, NOW) is OtpVerdict.GOOD
    assert judge_code(account, PIN + earlier, NOW) is OtpVerdict.WRONG


def test_the_look_ahead_ends_where_it_says(account: Account, fob: Fob) -> None:
    assert judge_code(account, PIN + fob.press(otp_values.LOOK_AHEAD), NOW) is OtpVerdict.GOOD
    assert judge_code(account, PIN + fob.press(otp_values.LOOK_AHEAD + 1), NOW) is OtpVerdict.NEXT_CODE


def test_out_of_step_the_next_code_alone_puts_it_right(account: Account, fob: Fob) -> None:
    far = fob.press(50)
    assert judge_code(account, PIN + far, NOW) is OtpVerdict.NEXT_CODE
    fob.key.refresh_from_db()
    assert not activation.follow_far_code(fob.key, far, now=NOW), "the code that was seen is not the next one"
    assert activation.follow_far_code(fob.key, fob.press(), now=NOW)
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.GOOD


def test_the_next_code_is_awaited_for_ten_minutes_and_works_once(account: Account, fob: Fob) -> None:
    assert judge_code(account, PIN + fob.press(50), NOW) is OtpVerdict.NEXT_CODE
    fob.key.refresh_from_db()
    following = fob.press()
    assert not activation.follow_far_code(fob.key, following, now=NOW + timedelta(minutes=11))
    assert activation.follow_far_code(fob.key, following, now=NOW)
    fob.key.refresh_from_db()
    assert not activation.follow_far_code(fob.key, following, now=NOW)
    assert judge_code(account, PIN + following, NOW) is OtpVerdict.WRONG


def test_far_away_behind_a_wrong_pin_is_simply_wrong(account: Account, fob: Fob) -> None:
    assert judge_code(account, "9999" + fob.press(50), NOW) is OtpVerdict.WRONG
    fob.key.refresh_from_db()
    assert fob.key.awaited is None


def test_further_than_far_is_wrong(account: Account, fob: Fob) -> None:
    assert judge_code(account, PIN + fob.press(otp_values.FAR_AHEAD + 1), NOW) is OtpVerdict.WRONG


@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(account: Account, ahead: int) -> None:
    fob = hold(account, TOTP, now=NOW - 10 * STEP)
    set_clock(fob, drift=0)
    assert judge_code(account, PIN + fob.show(NOW, ahead=ahead), NOW) is OtpVerdict.GOOD


def test_a_drifting_clock_is_followed(account: Account) -> None:
    """One step more each month: never out of the window, since the last drift is remembered."""
    fob = hold(account, TOTP, now=NOW - timedelta(days=31))
    set_clock(fob, drift=0)
    for month in range(6):
        now = NOW + month * timedelta(days=30)
        assert judge_code(account, PIN + fob.show(now, ahead=month), now) is OtpVerdict.GOOD
        fob.key.refresh_from_db()
        assert fob.key.drift == month


def test_a_clock_far_off_needs_its_next_code(account: Account) -> None:
    fob = hold(account, TOTP, now=NOW - timedelta(days=400))
    set_clock(fob, drift=0)
    assert judge_code(account, PIN + fob.show(NOW, ahead=12), NOW) is OtpVerdict.NEXT_CODE
    fob.key.refresh_from_db()
    later = NOW + STEP
    assert activation.follow_far_code(fob.key, fob.show(later, ahead=12), now=later)
    much_later = NOW + timedelta(days=1)
    assert judge_code(account, PIN + fob.show(much_later, ahead=12), much_later) is OtpVerdict.GOOD


def test_a_wrong_pin_spends_its_code(account: Account, fob: Fob) -> None:
    code = fob.press()
    assert judge_code(account, "9142" + code, NOW) is OtpVerdict.WRONG
    assert judge_code(account, PIN + code, NOW) is OtpVerdict.WRONG


def test_three_wrong_pins_before_right_codes_block_the_key(account: Account, fob: Fob) -> None:
    for pin in ("9142", "9143", "9144"):
        assert judge_code(account, pin + fob.press(), NOW) is OtpVerdict.WRONG
    fob.key.refresh_from_db()
    assert fob.key.state == OtpKey.State.BLOCKED
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.WRONG
    assert account.notices.filter(kind=Notice.Kind.OTP_KEY, details__change="blocked").count() == 1


def test_a_right_pin_begins_the_count_again(account: Account, fob: Fob) -> None:
    for pin in ("9142", "9143", PIN, "9142", "9143", PIN):
        verdict = judge_code(account, pin + fob.press(), NOW)
        assert verdict is (OtpVerdict.GOOD if pin == PIN else OtpVerdict.WRONG)


def test_guessing_from_afar_blocks_nothing(account: Account, fob: Fob) -> None:
    for number in range(50):
        assert judge_code(account, f"9142{number:06}", NOW) is OtpVerdict.WRONG
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.GOOD


def test_a_key_handed_over_opens_by_its_code_and_the_password_still_decides(account: Account) -> None:
    fob = hand(account, make_key(), now=NOW)
    account.refresh_from_db()
    assert judge_code(account, PASSWORD, NOW) is OtpVerdict.PASSWORD
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.WRONG
    assert judge_code(account, fob.press(), NOW) is OtpVerdict.ENROL
    later = NOW + key_lifecycle.ACTIVATE_WITHIN
    assert judge_code(account, fob.press(), later) is OtpVerdict.WRONG


def test_whoever_had_a_key_gets_no_password_back_with_the_next_one(account: Account, fob: Fob) -> None:
    hand(account, make_key(), now=NOW)
    account.refresh_from_db()
    assert judge_code(account, PASSWORD, NOW) is OtpVerdict.WRONG
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.WRONG, "the former key is withdrawn"


def test_a_reset_pin_opens_by_a_code_without_pin_for_a_day(account: Account, fob: Fob) -> None:
    key_lifecycle.reset_pin(fob.key, by="system", now=NOW)
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.WRONG
    assert judge_code(account, fob.press(), NOW + key_lifecycle.NEW_PIN_WITHIN) is OtpVerdict.WRONG
    assert judge_code(account, fob.press(), NOW) is OtpVerdict.ENROL


def test_a_lost_key_opens_nothing(account: Account, fob: Fob) -> None:
    key_lifecycle.declare_lost(fob.key, by=account.key, now=NOW)
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.WRONG
    assert judge_code(account, PASSWORD, NOW) is OtpVerdict.WRONG
    Account.objects.filter(pk=account.pk).update(password_kind=Account.PasswordKind.TEMPORARY)
    assert judge_code(account, "k7mr-w4pz-9nhb", NOW) is OtpVerdict.PASSWORD


TYPED = ["{pin}000000", "000000", "Un mot de passe", "", "{pin}{code}", "{code}", "9142{code}"]


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("state", ["active", "handed", "pin-reset", "lost", "none"])
def test_exactly_one_verification_whatever_was_typed_and_held(account: Account, state: str, typed: str) -> None:
    fob = Fob(make_key())
    if state == "handed":
        fob = hand(account, fob.key, now=NOW)
    elif state != "none":
        fob = hold(account, now=NOW)
        if state == "lost":
            key_lifecycle.declare_lost(fob.key, by="system", now=NOW)
        if state == "pin-reset":
            key_lifecycle.reset_pin(fob.key, by="system", now=NOW)
    with patch.object(PasswordHasher, "verify", autospec=True, side_effect=PasswordHasher.verify) as verify:
        verdict = judge_code(account, typed.format(pin=PIN, code=fob.press()), NOW)
    assert verify.call_count == (0 if verdict is OtpVerdict.PASSWORD else 1)


def set_clock(fob: Fob, *, drift: int) -> None:
    """As if the key had just been put right."""
    OtpKey.objects.filter(pk=fob.key.pk).update(drift=drift)
    fob.key.refresh_from_db()


THREADS = 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.DATA, reason="connections of their own need a database file: run bin/test")
@pytest.mark.parametrize("kind", [HOTP, TOTP])
def test_of_sign_ins_at_the_same_moment_one_wins(kind: OtpKey.Kind) -> None:
    account, together = make_account("Jean", "Martin"), Barrier(THREADS)
    fob = hold(account, kind, now=NOW)
    set_clock(fob, drift=0)
    typed = PIN + (fob.press() if kind == HOTP else fob.show(NOW + STEP))

    def sign_in(_number: int) -> OtpVerdict:
        try:
            together.wait(10)
            return judge_code(account, typed, NOW + STEP)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        verdicts = list(pool.map(sign_in, range(THREADS)))
    assert sorted(verdict.value for verdict in verdicts) == ["good"] + ["wrong"] * (THREADS - 1)
