"""The state in a sentence, and the simplest way out: facts in, words out, no table."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.helpdesk.account.account_facts import Act, Facts, Failures, Paper
from vaguemestre.helpdesk.account.diagnosis import diagnosis_sentences, find_suggestion

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # a Tuesday, 9.30 in Paris
FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TONIGHT = datetime(2026, 11, 23, 22, 41, tzinfo=UTC)  # 23.41 in Paris
Kind = Account.PasswordKind
State = Account.State
LOCK = {"locked_by": "Sabine", "lock_reason": "phishing"}
PRINTED, WAITING = Paper("2026-80-1", FRIDAY), Paper("2026-80-1", None)
PROVISIONAL = {"password_kind": Kind.PROVISIONAL, "provisional_expires_at": NOW + timedelta(days=9)}


def account(**facts: Any) -> Account:
    active = {
        "key": "a0000001", "identifier": "alefebvre", "state": State.OPEN, "opens_on": date(2026, 9, 1),
        "password_kind": Kind.OWN, "charter_version": "2026-09",
    }  # fmt: skip
    return Account(**(active | facts))


def temporary(minutes: int) -> dict[str, Any]:
    return {"password_kind": Kind.TEMPORARY, "provisional_expires_at": NOW + timedelta(minutes=minutes)}


def said(facts: Facts) -> str:
    with translation.override("en"):
        return " ".join(diagnosis_sentences(facts, NOW))


def advised(facts: Facts) -> Act:
    return find_suggestion(facts, NOW).act


def test_the_letter_s_password_expired_and_thunderbird_failed_three_times_last_night() -> None:
    facts = Facts(
        account(password_kind=Kind.PROVISIONAL, provisional_expires_at=FRIDAY, charter_version=""),
        failures=[Failures("imap", "expired", 3, TONIGHT)],
        letter=Paper("2026-60-01187", FRIDAY - timedelta(days=30)),
    )
    text = said(facts)
    assert text.startswith("The provisional password of the letter expired on Friday, unused.")
    assert "3 sign-ins failed over IMAP, the last one last night at 23:41" in text
    assert advised(facts) is Act.TEMPORARY
    with translation.override("en"):
        assert "mail program" in find_suggestion(facts, NOW).text


@pytest.mark.parametrize(
    ("changes", "more", "words", "act"),
    [
        ({"state": State.STOPPED, "closes_on": date(2026, 8, 1)}, {}, "mail to it is refused", Act.NOTHING),
        ({"state": State.PURGED, "closes_on": date(2025, 8, 1)}, {}, "only its names are kept", Act.NOTHING),
        ({"state": State.CLOSED, "closes_on": date(2026, 11, 1)}, {}, "Mail is still received", Act.NOTHING),
        ({"state": State.PENDING, "opens_on": date(2026, 12, 1)}, {}, "opens on Tuesday 1 December 2026", Act.NOTHING),
        ({"closes_on": date(2026, 12, 31)}, {}, "closes on Thursday 31 December 2026", Act.NOTHING),
        ({"locked_at": FRIDAY}, LOCK, "since on Friday by Sabine. Reason given: “phishing”", Act.UNLOCK),
        ({"password_kind": Kind.NONE}, {"letter": WAITING}, "Letter 2026-80-1 waits to be printed", Act.TEMPORARY),
        (PROVISIONAL, {"letter": PRINTED}, "Letter 2026-80-1 was printed on Friday", Act.TEMPORARY),
        (PROVISIONAL, {"letter": WAITING}, "the letter waits to be printed", Act.TEMPORARY),
        (temporary(20), {}, "good until 9:50", Act.TEMPORARY),
        (temporary(-20), {}, "The temporary password expired today at 9:10", Act.TEMPORARY),
        ({"charter_version": ""}, {}, "the charter is not accepted", Act.NOTHING),
        ({}, {"factor_missing": True}, "asks for a second factor", Act.NOTHING),
        ({}, {"waits_until": NOW + timedelta(minutes=5)}, "the next one is taken at 9:35", Act.UNLOCK),
        ({}, {"failures": [Failures("web", "wrong", 1, NOW)]}, "1 sign-in failed on the portal, today", Act.TEMPORARY),
        ({"mail_blocked_until": NOW + timedelta(hours=4)}, {}, "the mailbox stays shut until", Act.NOTHING),
        ({"mail_blocked_until": NOW - timedelta(hours=4)}, {}, "nobody has signed in lately", Act.NOTHING),
        ({"frozen_at": FRIDAY}, {}, "Sending has been frozen", Act.NOTHING),
        ({}, {"last_good": FRIDAY}, "All is well. Last sign-in on Friday.", Act.NOTHING),
    ],
)
def test_every_state_has_its_sentence_and_its_way_out(
    changes: dict[str, Any], more: dict[str, Any], words: str, act: Act
) -> None:
    facts = Facts(account(**changes), **more)
    assert words in said(facts)
    assert advised(facts) is act


def test_a_lock_weighs_more_than_a_wrong_password() -> None:
    facts = Facts(account(locked_at=FRIDAY), failures=[Failures("imap", "wrong", 9, NOW)])
    assert said(facts).startswith("The account has been locked")
    assert advised(facts) is Act.UNLOCK


# ------------------------------------------------------------------ holders of an OTP key

Key = OtpKey.State
SOON, OVER = {"opens_until": NOW + timedelta(hours=2)}, {"opens_until": NOW - timedelta(hours=2)}
WRONG = Failures("web", "wrong", 2, NOW)


def key(state: OtpKey.State = Key.ACTIVE, **facts: Any) -> OtpKey:
    return OtpKey(serial="4417", state=state, **facts)


def holder(**facts: Any) -> Account:
    return account(method=Account.Method.OTP_KEY, **facts)


@pytest.mark.parametrize(
    ("held", "more", "words", "act"),
    [
        (key(Key.BLOCKED), {}, "4417 is blocked after three wrong PINs", Act.NEW_PIN),
        (key(Key.HANDED, **SOON), {}, "can be until Tuesday 24 November 2026 at 11:30", Act.ACTIVATE),
        (key(Key.HANDED, **OVER), {}, "was not activated in time", Act.NEW_PIN),
        (key(Key.PIN_RESET, **SOON), {}, "waits for a new PIN, to be chosen until", Act.ACTIVATE),
        (key(Key.PIN_RESET, **OVER), {}, "the time to choose it is over", Act.NEW_PIN),
        (key(awaited=7, awaited_until=NOW + timedelta(minutes=5)), {}, "is out of step", Act.PUT_RIGHT),
        (key(awaited=7, awaited_until=NOW - timedelta(minutes=5)), {}, "All is well", Act.NOTHING),
        (key(pin_failures=2), {"failures": [WRONG]}, "2 sign-ins failed on the portal", Act.NEW_PIN),
        (key(), {"failures": [WRONG]}, "wrong PIN or code", Act.PUT_RIGHT),
        (key(), {"failures": [Failures("imap", "wrong", 2, NOW)]}, "over IMAP", Act.NOTHING),
        (key(), {"waits_until": NOW + timedelta(minutes=5)}, "the next one is taken at 9:35", Act.UNLOCK),
        (key(), {}, "All is well", Act.NOTHING),
        (None, {"lost_key": key(Key.LOST)}, "4417 was declared lost", Act.REPLACE),
        (None, {"lost_key": key(Key.LOST), "key_to_fetch": key(Key.ASSIGNED)}, "waits to be fetched", Act.REPLACE),
        (None, {}, "There is no OTP key any more", Act.REPLACE),
    ],
)
def test_every_state_of_a_key_has_its_sentence_and_its_way_out(
    held: OtpKey | None, more: dict[str, Any], words: str, act: Act
) -> None:
    facts = Facts(holder(), key=held, **more)
    assert words in said(facts)
    assert advised(facts) is act


def test_a_holder_is_not_told_of_a_password_that_opens_nothing() -> None:
    for unused in ({"password_kind": Kind.NONE}, PROVISIONAL):
        facts = Facts(holder(**unused), key=key(), letter=PRINTED)
        assert said(facts) == "All is well: the account is open, and nobody has signed in lately."
        assert advised(facts) is Act.NOTHING
    first = Facts(holder(**PROVISIONAL), key=key(Key.HANDED, **SOON), letter=PRINTED)
    assert "Letter 2026-80-1 was printed" in said(first)


def test_a_stolen_account_s_sentence_stays_before_its_key_s_and_a_temporary_pass_opens() -> None:
    shut = holder(password_kind=Kind.NONE, mail_blocked_until=NOW + timedelta(hours=4))
    facts = Facts(shut, key=key(Key.BLOCKED), was_shut_down=True)
    assert said(facts).startswith("Declared stolen")
    assert advised(facts) is Act.TEMPORARY
    with translation.override("en"):
        assert "the password chosen then does not open afterwards" in find_suggestion(facts, NOW).text


def test_a_lock_weighs_more_than_a_key() -> None:
    assert advised(Facts(holder(locked_at=FRIDAY), key=key(Key.BLOCKED))) is Act.UNLOCK
    closed = Facts(holder(state=State.CLOSED, closes_on=date(2026, 11, 1)), key=key(Key.BLOCKED))
    assert "4417" not in said(closed)
    assert advised(closed) is Act.NOTHING
