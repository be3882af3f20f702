"""Who may approve mailings: two administrators, dates, the journal; and nothing of it where lists are off."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils import timezone

from vaguemestre.academy import facts
from vaguemestre.accounts.lifecycle import purge
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.lists.approval_rights import (
    ApprovalRefusal,
    ApprovalRefusedError,
    confirm_right,
    end_right,
    give_right,
    listed_rights,
    rights_in_force,
)
from vaguemestre.lists.models import ApprovalRight
from vaguemestre.people.models import Person
from vaguemestre.testing import make_account, make_person, make_school

pytestmark = pytest.mark.django_db
PAGE = "/listes/approbateurs/"


def administrator(name: str = "Wattebled") -> Account:
    school = make_school("0809001Z", kind="rectorat")
    return make_account(make_person("Hélène", name, category="ADMR", function="ADMIN", school=school))


def somebody() -> Account:
    return make_account(make_person())


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def today(now: datetime) -> date:
    return timezone.localdate(now)


def given(by: Account, now: datetime, *, days: int = 30, holder: Account | None = None) -> ApprovalRight:
    today = timezone.localdate(now)
    return give_right(holder or somebody(), today, today + timedelta(days=days), by=by, now=now)


def in_force(right: ApprovalRight, day: date) -> bool:
    return rights_in_force(day).filter(pk=right.pk).exists()


def test_it_takes_two_administrators_and_each_act_is_in_the_journal(now: datetime, today: date) -> None:
    first, second = administrator(), administrator("Caron")
    right = given(first, now)
    assert not in_force(right, today)
    confirm_right(right, by=second, now=now)
    assert in_force(right, today)
    assert in_force(right, right.ends)
    assert not in_force(right, right.ends + timedelta(days=1))
    end_right(right, by=first.key, now=now)
    assert not in_force(right, today)
    end_right(right, by=first.key, now=now)
    acts = Entry.objects.filter(subject=right.holder_id, act__startswith="approval-right").order_by("id")
    assert list(acts.values_list("actor", "act")) == [
        (first.key, "approval-right.given"), (second.key, "approval-right.confirmed"),
        (first.key, "approval-right.ended"),
    ]  # fmt: skip
    assert acts[0].details == {"starts": right.starts.isoformat(), "ends": right.ends.isoformat()}


def test_a_right_that_begins_later_allows_nothing_before(now: datetime, today: date) -> None:
    later = today + timedelta(days=10)
    right = give_right(somebody(), later, later, by=administrator(), now=now)
    confirm_right(right, by=administrator("Caron"), now=now)
    assert not in_force(right, today)
    assert in_force(right, later)


def test_nobody_confirms_what_they_gave_nor_a_right_of_their_own(now: datetime, today: date) -> None:
    first, second = administrator(), administrator("Caron")
    with pytest.raises(ApprovalRefusedError) as refused:
        given(first, now, holder=first)
    assert refused.value.reason is ApprovalRefusal.OWN
    right = given(first, now, holder=second)
    for by, reason in ((first, ApprovalRefusal.SAME_GIVER), (second, ApprovalRefusal.OWN)):
        with pytest.raises(ApprovalRefusedError) as refused:
            confirm_right(right, by=by, now=now)
        assert refused.value.reason is reason
    assert not in_force(right, today)


@pytest.mark.parametrize("column", ["given_by", "confirmed_by"])
def test_the_database_refuses_it_too(now: datetime, column: str) -> None:
    first, second = administrator(), administrator("Caron")
    right = given(first, now)
    confirm_right(right, by=second, now=now)
    for key in {right.holder_id, first.key, second.key} - {getattr(right, column)}:
        right.refresh_from_db()
        if getattr(right, column) == key:
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalRight.objects.filter(pk=right.pk).update(**{column: key})


def test_what_has_ended_or_is_confirmed_is_not_confirmed_again(now: datetime) -> None:
    first, second, third = administrator(), administrator("Caron"), administrator("Dubois")
    taken, twice, over = given(first, now), given(first, now), given(first, now, days=1)
    end_right(taken, by=second.key, now=now)
    confirm_right(twice, by=second, now=now)
    for right, at in ((taken, now), (twice, now), (over, now + timedelta(days=3))):
        with pytest.raises(ApprovalRefusedError) as refused:
            confirm_right(right, by=third, now=at)
        assert refused.value.reason is ApprovalRefusal.DONE
    assert ApprovalRight.objects.get(pk=twice.pk).confirmed_by == second.key


def test_a_year_at_most_from_a_day_that_is_not_over(now: datetime, today: date) -> None:
    by, holder, day = administrator(), somebody(), timedelta(days=1)
    leap = date(2028, 2, 29)
    for starts, ends, reason in (
        (today - day, today, ApprovalRefusal.PAST), (today + day, today, ApprovalRefusal.ORDER),
        (leap, date(2029, 3, 1), ApprovalRefusal.TOO_LONG),
    ):  # fmt: skip
        with pytest.raises(ApprovalRefusedError) as refused:
            give_right(holder, starts, ends, by=by, now=now)
        assert refused.value.reason is reason
    assert give_right(holder, leap, date(2029, 2, 28), by=by, now=now).ends == date(2029, 2, 28)


def test_one_at_a_time_for_a_person_and_the_next_one_after_it(now: datetime, today: date) -> None:
    by, holder = administrator(), somebody()
    first = given(by, now, days=5, holder=holder)
    with pytest.raises(ApprovalRefusedError) as refused:
        given(by, now, holder=holder)
    assert refused.value.reason is ApprovalRefusal.OVERLAP
    after = first.ends + timedelta(days=1)
    give_right(holder, after, after, by=by, now=now)
    end_right(first, by=by.key, now=now)
    give_right(holder, today, today, by=by, now=now)


@pytest.mark.parametrize("fact", [
    {"state": Account.State.CLOSED}, {"locked_at": timezone.now()}, {"frozen_at": timezone.now()},
    {"closes_on": timezone.localdate()},
])  # fmt: skip
def test_it_allows_nothing_while_the_account_is_shut(now: datetime, today: date, fact: dict[str, object]) -> None:
    right = given(administrator(), now)
    confirm_right(right, by=administrator("Caron"), now=now)
    Account.objects.filter(pk=right.holder_id).update(**fact)
    assert not in_force(right, today)
    assert right in listed_rights(today)


@pytest.mark.parametrize("fact", [{"duty_end": timezone.localdate() - timedelta(days=1)}, {"present": False}])
def test_it_ends_with_the_duty(now: datetime, today: date, fact: dict[str, object]) -> None:
    right = given(administrator(), now)
    confirm_right(right, by=administrator("Caron"), now=now)
    Person.objects.filter(account=right.holder).update(**fact)
    assert not in_force(right, today)
    with pytest.raises(ApprovalRefusedError) as refused:
        given(administrator("Petit"), now, holder=Account.objects.get(pk=right.holder_id))
    assert refused.value.reason is ApprovalRefusal.NOT_IN_POST


def test_it_goes_with_the_account(now: datetime) -> None:
    right = given(administrator(), now)
    Account.objects.filter(pk=right.holder_id).update(state=Account.State.STOPPED, closes_on=timezone.localdate())
    purge.purge_due("", now + timedelta(days=3650))
    assert not ApprovalRight.objects.exists()


def test_on_a_screen_by_two_administrators(client: Client, today: date) -> None:
    first, second, holder = administrator(), administrator("Caron"), somebody()
    sign_in(client, first, strong=True)
    asked = {"holder": holder.identifier, "starts": today.isoformat(), "ends": "2020-01-01"}
    assert client.post(PAGE, asked).status_code == 422
    assert client.post(PAGE, {**asked, "holder": "nobody.at.all"}).status_code == 422
    assert client.post(PAGE, {**asked, "ends": (today + timedelta(days=9)).isoformat()}).status_code == 302
    right = ApprovalRight.objects.get()
    confirm = f"{PAGE}{right.pk}/confirmation/"
    assert confirm not in client.get(PAGE).content.decode()
    assert client.post(confirm).status_code == 302
    assert not in_force(right, today)
    sign_in(client, second, strong=True)
    page = client.get(PAGE).content.decode()
    assert confirm in page
    assert holder.address in page
    assert client.post(confirm).status_code == 302
    assert in_force(right, today)
    assert client.post(f"{PAGE}{right.pk}/fin/").status_code == 302
    assert not in_force(right, today)
    assert client.post(f"{PAGE}{right.pk}/fin/").status_code == 404


def test_for_administrators_alone(client: Client, now: datetime) -> None:
    right = given(administrator(), now)
    sign_in(client, right.holder)
    assert client.get(PAGE).status_code == 404
    for act in ("confirmation", "fin"):
        assert client.post(f"{PAGE}{right.pk}/{act}/").status_code == 404
    right.refresh_from_db()
    assert (right.confirmed_by, right.ended_by) == ("", "")


def test_where_lists_are_off_there_is_no_page(client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    right, second = given(administrator(), now), administrator("Caron")
    sign_in(client, second, strong=True)
    assert PAGE in client.get("/plan/").content.decode()
    off = facts.academy().model_copy(update={"lists": facts.Lists(enabled=False)})
    monkeypatch.setattr("vaguemestre.lists.switch.academy", lambda: off)
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}{right.pk}/confirmation/").status_code == 404
    head = make_account(make_person(category="CHEF", function="DIR"))
    for account in (second, head):
        sign_in(client, account, strong=True)
        assert "/listes/" not in client.get("/plan/").content.decode()
        for url in ("/listes/", "/listes/nouvelle/", "/listes/1/"):
            assert client.get(url).status_code == 404
    with override_settings(DEMO=True):
        assert client.get("/listes/").status_code == 200


def test_the_file_of_the_authority_says_off() -> None:
    """Until the social committee has been informed: `docs/privacy.md`."""
    assert not facts.Lists().enabled
