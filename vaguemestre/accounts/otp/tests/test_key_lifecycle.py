"""What becomes of a key, of its holder's way in, and of what the holder is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from vaguemestre.accounts.models import Account, Notice, OtpHolding, OtpKey, OtpRequest, Session
from vaguemestre.accounts.otp import activation, key_lifecycle, leavers, requests, software_key
from vaguemestre.accounts.otp.testing import PIN, Fob, hand, hold, judge_code, make_key
from vaguemestre.accounts.otp.verification import OtpVerdict
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel
from vaguemestre.people.models import Posting, School
from vaguemestre.testing import Cast

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def account(db: None) -> Account:
    return make_account("Hélène", "Carpentier")


def changes(account: Account) -> list[str]:
    kind = Notice.Kind.OTP_KEY
    return [notice.details["change"] for notice in account.notices.filter(kind=kind).order_by("pk")]


def acts(account: Account) -> list[str]:
    return list(Entry.objects.filter(subject=account.key, act__startswith="otp-key.").values_list("act", flat=True))


def test_each_act_is_told_and_written(account: Account) -> None:
    fob = hold(account, now=NOW)
    key_lifecycle.reset_pin(fob.key, by="system", now=NOW)
    key_lifecycle.declare_lost(fob.key, by="system", now=NOW)
    assert changes(account) == ["assigned", "handed", "activated", "pin-reset", "lost"]
    assert acts(account) == [f"otp-key.{change}" for change in changes(account)]
    assert Parcel.objects.filter(about=account.key).count() == len(changes(account))


def test_an_act_that_comes_too_late_changes_nothing(account: Account) -> None:
    key = make_key()
    stale = OtpKey.objects.get(pk=key.pk)
    hand(account, key, now=NOW)
    with pytest.raises(key_lifecycle.KeyStateError):
        key_lifecycle.set_aside(stale, make_account("Jean", "Autre"), slip="", by="system", now=NOW)
    with pytest.raises(key_lifecycle.KeyStateError):
        key_lifecycle.retire_key(stale, by="system")
    key.refresh_from_db()
    assert (key.state, key.account) == (OtpKey.State.HANDED, account)


def test_one_key_in_use_a_person(account: Account) -> None:
    hold(account, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_key(state=OtpKey.State.HANDED, account=account)


def test_a_replaced_key_is_withdrawn_when_the_new_one_is_handed_over(account: Account) -> None:
    former = hold(account, now=NOW)
    key_lifecycle.set_aside(key := make_key(), account, slip="B2026-80-002", by="system", now=NOW)
    assert judge_code(account, PIN + former.press(), NOW) is OtpVerdict.GOOD
    key_lifecycle.hand_over(key, by=account, now=NOW)
    former.key.refresh_from_db()
    assert former.key.state == OtpKey.State.RETIRED
    assert former.key.holdings.get().end == OtpHolding.End.REPLACED


def test_lost_closes_every_session_but_the_one_that_declares_it(account: Account, client: Client) -> None:
    fob = hold(account, now=NOW)
    sign_in(client, account, strong=True)
    mine = Session.objects.get(account=account)
    sign_in(Client(), account, strong=True)
    key_lifecycle.declare_lost(fob.key, by=account.key, now=NOW, keep=mine)
    assert list(account.sessions.all()) == [mine]


def test_the_password_comes_back_only_by_an_act_after_a_loss(account: Account) -> None:
    fob = hold(account, now=NOW)
    with pytest.raises(key_lifecycle.KeyStateError):
        key_lifecycle.back_to_password(account, by="system", now=NOW, reason="")
    key_lifecycle.declare_lost(fob.key, by="system", now=NOW)
    account.refresh_from_db()
    assert account.method == Account.Method.OTP_KEY
    key_lifecycle.back_to_password(account, by="system", now=NOW, reason="clé commandée")
    assert account.method == Account.Method.PASSWORD


def test_a_found_key_does_not_shut_its_former_holder_out(account: Account) -> None:
    fob = hold(account, now=NOW)
    key_lifecycle.declare_lost(fob.key, by="system", now=NOW)
    key_lifecycle.return_key(fob.key, to_stock=True, by="system", now=NOW)
    account.refresh_from_db()
    key_lifecycle.back_to_password(account, by="system", now=NOW, reason="clé retrouvée, rendue")
    assert account.method == Account.Method.PASSWORD


def test_returned_it_serves_somebody_else_without_any_trace_of_before(account: Account) -> None:
    fob = hold(account, now=NOW)
    used = fob.press()
    assert judge_code(account, PIN + used, NOW) is OtpVerdict.GOOD
    key_lifecycle.return_key(fob.key, to_stock=True, by="system", now=NOW)
    account.refresh_from_db()
    assert (account.method, fob.key.pin, fob.key.account) == (Account.Method.PASSWORD, None, None)
    other = make_account("Jean", "Martin")
    hand(other, fob.key, now=NOW)
    other.refresh_from_db()
    assert judge_code(other, used, NOW) is OtpVerdict.WRONG, "a code of the former holder"
    assert judge_code(other, PIN + fob.press(), NOW) is OtpVerdict.WRONG, "the PIN of the former holder"
    assert judge_code(other, fob.press(), NOW) is OtpVerdict.ENROL


def test_a_telephone_is_nobody_else_s(account: Account) -> None:
    fob = hold(account, OtpKey.Kind.TOTP, now=NOW)
    OtpKey.objects.filter(pk=fob.key.pk).update(carrier=OtpKey.Carrier.TELEPHONE)
    fob.key.refresh_from_db()
    key_lifecycle.return_key(fob.key, to_stock=True, by="system", now=NOW)
    assert fob.key.state == OtpKey.State.RETIRED


def test_the_pin_counts_once_the_next_code_came(account: Account) -> None:
    fob = hand(account, make_key(), now=NOW)
    first = fob.press()
    assert activation.begin_activation(fob.key, first, now=NOW)
    fob.key.refresh_from_db()
    activation.choose_pin(fob.key, PIN)
    assert not activation.prove_key(fob.key, first, now=NOW), "the same code again"
    assert not activation.prove_key(fob.key, fob.press(), now=NOW + timedelta(minutes=11)), "too late"
    assert activation.prove_key(fob.key, fob.press(), now=NOW)
    assert not activation.prove_key(fob.key, fob.press(), now=NOW), "done already"


def test_two_codes_in_a_row_put_right_what_is_very_far(account: Account) -> None:
    fob = hold(account, now=NOW)
    one, two = fob.press(800), fob.press()
    assert not activation.resynchronise(fob.key, two, one, by=account.key, now=NOW)
    assert activation.resynchronise(fob.key, one, two, by=account.key, now=NOW)
    assert not activation.resynchronise(fob.key, one, two, by=account.key, now=NOW)
    assert judge_code(account, PIN + fob.press(), NOW) is OtpVerdict.GOOD


def test_leavers_are_asked_for_their_key_once(account: Account) -> None:
    hold(account, now=NOW)
    Account.objects.filter(pk=account.pk).update(closes_on=TODAY + timedelta(days=20))
    leavers.ask_keys_back("", NOW)
    assert "asked-back" not in changes(account)
    for days in (8, 9):
        leavers.ask_keys_back("", NOW + timedelta(days=days))
    assert changes(account).count("asked-back") == 1


def test_a_telephone_is_installed_after_the_approval(account: Account) -> None:
    assert not software_key.is_telephone_allowed(account)
    asked = ask(account, carrier=OtpKey.Carrier.TELEPHONE)
    assert not software_key.is_telephone_allowed(account)
    requests.decide_request(asked, approved=True, word="", by=make_account("Nadia", "Chef"), now=NOW)
    assert software_key.is_telephone_allowed(account)
    key = software_key.waiting_key(account, now=NOW)
    assert software_key.waiting_key(account, now=NOW) == key
    fob = Fob(key)
    assert not software_key.install_key(key, PIN, "000000", account=account, now=NOW)
    account.refresh_from_db()
    assert account.method == Account.Method.PASSWORD
    assert software_key.install_key(key, PIN, fob.show(NOW), account=account, now=NOW)
    account.refresh_from_db()
    later = NOW + timedelta(minutes=1)
    assert judge_code(account, PIN + fob.show(later), later) is OtpVerdict.GOOD
    assert not software_key.is_telephone_allowed(account)
    asked.refresh_from_db()
    assert (asked.state, asked.key) == (OtpRequest.State.HANDED, key)


def test_a_withdrawn_request_takes_its_picture_along(account: Account) -> None:
    asked = ask(account, carrier=OtpKey.Carrier.TELEPHONE)
    requests.decide_request(asked, approved=True, word="", by=make_account("Nadia", "Chef"), now=NOW)
    shown = software_key.waiting_key(account, now=NOW)
    requests.withdraw_request(asked, now=NOW)
    shown.refresh_from_db()
    assert shown.state == OtpKey.State.RETIRED
    again = ask(account, carrier=OtpKey.Carrier.TELEPHONE)
    requests.decide_request(again, approved=True, word="", by=make_account("Paul", "Chef"), now=NOW)
    assert software_key.waiting_key(account, now=NOW) != shown


# ------------------------------------------------------------------ requests


def ask(account: Account, **facts: object) -> OtpRequest:
    usual: dict[str, object] = {"carrier": OtpKey.Carrier.FOB, "motive": OtpRequest.Motive.FIRST, "reason": "ONDE"}
    return requests.ask_for_key(account, **(usual | facts), now=NOW, today=TODAY)  # type: ignore[arg-type]  # a dict of them


def test_the_head_of_the_establishment_is_asked(cast: Cast) -> None:
    assert requests.heads_of(cast.teacher, today=TODAY) == [cast.head]
    asked = ask(cast.teacher)
    assert Parcel.objects.filter(to=cast.head.address).count() == 1
    assert requests.to_decide_by(cast.head, today=TODAY) == [asked]
    assert requests.to_decide_by(cast.teacher, today=TODAY) == []


def test_a_head_is_decided_about_by_the_help_desk(cast: Cast) -> None:
    assert requests.heads_of(cast.head, today=TODAY) == []
    asked = ask(cast.head)
    assert requests.to_decide_by(cast.head, today=TODAY) == []
    with pytest.raises(key_lifecycle.KeyStateError):
        requests.decide_request(asked, approved=True, word="", by=cast.head, now=NOW)


def test_a_deputy_is_decided_about_by_the_head_and_decides_about_teachers(cast: Cast) -> None:
    deputy = make_account("Luc", "Adjoint", category="ADJ")
    college = School.objects.get(postings__person__account=cast.head)
    Posting.objects.create(
        person=deputy.person, school=college, rank=1, function="ADJ", share=100, starts=deputy.person.duty_start
    )
    assert requests.heads_of(deputy, today=TODAY) == [cast.head]
    assert set(requests.heads_of(cast.teacher, today=TODAY)) == {cast.head, deputy}
    assert requests.heads_of(cast.head, today=TODAY) == []


def test_one_request_at_a_time_and_one_decision(cast: Cast) -> None:
    asked = ask(cast.teacher)
    with pytest.raises(requests.AlreadyAskedError):
        ask(cast.teacher)
    requests.decide_request(asked, approved=False, word="Pas cette année.", by=cast.head, now=NOW)
    with pytest.raises(key_lifecycle.KeyStateError):
        requests.decide_request(asked, approved=True, word="", by=cast.head, now=NOW)
    assert changes(cast.teacher) == ["refused"]
    again = ask(cast.teacher)
    requests.withdraw_request(again, now=NOW)
    with pytest.raises(key_lifecycle.KeyStateError):
        requests.decide_request(again, approved=True, word="", by=cast.head, now=NOW)


def test_handing_over_answers_the_request(cast: Cast) -> None:
    asked = ask(cast.teacher)
    requests.decide_request(asked, approved=True, word="", by=cast.head, now=NOW)
    hand(cast.teacher, key := make_key(), by=cast.help_desk, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.key) == (OtpRequest.State.HANDED, key)
    assert key.holdings.get().handed_by == cast.help_desk
