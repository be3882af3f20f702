from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.accounts.models import Account, Code
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.testing import make_account
from vaguemestre.accounts.testing.codes import TARGET, sent_to, wrong
from vaguemestre.courier.models import Parcel

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
RESCUE, REDIRECTION = confirmation_codes.Purpose.RESCUE, confirmation_codes.Purpose.REDIRECTION


@pytest.fixture
def account() -> Account:
    return make_account()


def test_sent_typed_and_proved(account: Account) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    assert confirmation_codes.check_confirmation(account, RESCUE, sent_to(TARGET), now=NOON) == TARGET


@pytest.mark.parametrize("written", ["{0} {1}", "{0}\u00a0{1}", " {0}{1} ", "{0}-{1}"])
def test_typed_as_people_do(account: Account, written: str) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    code = sent_to(TARGET)
    assert (
        confirmation_codes.check_confirmation(account, RESCUE, written.format(code[:3], code[3:]), now=NOON) == TARGET
    )


def test_it_works_once(account: Account) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    code = sent_to(TARGET)
    confirmation_codes.check_confirmation(account, RESCUE, code, now=NOON)
    assert confirmation_codes.check_confirmation(account, RESCUE, code, now=NOON) is None


def test_for_a_quarter_of_an_hour(account: Account) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    code = sent_to(TARGET)
    assert confirmation_codes.waiting_code(account, RESCUE, now=NOON + timedelta(minutes=14))
    assert confirmation_codes.check_confirmation(account, RESCUE, code, now=NOON + timedelta(minutes=15)) is None
    assert confirmation_codes.waiting_code(account, RESCUE, now=NOON + timedelta(minutes=15)) is None


def test_five_wrong_codes_end_it(account: Account) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    code = sent_to(TARGET)
    for _ in range(5):
        assert confirmation_codes.waiting_code(account, RESCUE, now=NOON)
        assert confirmation_codes.check_confirmation(account, RESCUE, wrong(code), now=NOON) is None
    assert confirmation_codes.waiting_code(account, RESCUE, now=NOON) is None
    assert confirmation_codes.check_confirmation(account, RESCUE, code, now=NOON) is None


def test_a_new_one_replaces_the_former_after_a_minute(account: Account) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    former = sent_to(TARGET)
    with pytest.raises(confirmation_codes.TooSoonError) as too_soon:
        confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON + timedelta(seconds=40))
    assert too_soon.value.wait == timedelta(seconds=20)
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON + timedelta(minutes=1))
    if former != sent_to(TARGET):
        assert confirmation_codes.check_confirmation(account, RESCUE, former, now=NOON + timedelta(minutes=1)) is None
    assert (
        confirmation_codes.check_confirmation(account, RESCUE, sent_to(TARGET), now=NOON + timedelta(minutes=1))
        == TARGET
    )


def test_ten_a_day_whatever_the_address(account: Account) -> None:
    """Nobody fills a stranger's mailbox with our codes, nor tries a million digits five by five."""
    for minute in range(10):
        confirmation_codes.send_confirmation(
            account, RESCUE, f"{minute}@boite.example", now=NOON + timedelta(minutes=minute)
        )
    with pytest.raises(confirmation_codes.TooSoonError):
        confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON + timedelta(hours=23))
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON + timedelta(days=1))


def test_a_code_is_for_one_purpose_and_one_person(account: Account) -> None:
    other = make_account("Bruno")
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    code = sent_to(TARGET)
    assert confirmation_codes.check_confirmation(account, REDIRECTION, code, now=NOON) is None
    assert confirmation_codes.check_confirmation(other, RESCUE, code, now=NOON) is None
    confirmation_codes.send_confirmation(other, RESCUE, "bruno@boite.example", now=NOON)
    confirmation_codes.send_confirmation(account, REDIRECTION, "autre@boite.example", now=NOON)
    assert confirmation_codes.check_confirmation(account, RESCUE, code, now=NOON) == TARGET


def test_the_table_holds_no_code(account: Account) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    row = Code.objects.values().get()
    assert sent_to(TARGET) not in str(row)


def test_the_mail_says_what_it_is_about_and_no_more(account: Account) -> None:
    confirmation_codes.send_confirmation(account, RESCUE, TARGET, now=NOON)
    parcel = Parcel.objects.get()
    assert sent_to(TARGET) not in parcel.subject
    assert account.address in parcel.text
    assert "DSDEN de la Somme" in parcel.text
    assert "http" not in parcel.text
    assert parcel.until == NOON + timedelta(minutes=15)
