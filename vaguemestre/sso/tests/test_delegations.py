"""DELEG-CE: lent by a head, for a time, within an establishment; nothing has to happen for it to end."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel
from vaguemestre.people.models import Person, Posting
from vaguemestre.sso import access, audience
from vaguemestre.sso.arena import delegations, tile_queries
from vaguemestre.sso.arena.delegations import DelegationRefusedError
from vaguemestre.sso.models import Application, Delegation
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, make_account, make_person, make_school

pytestmark = pytest.mark.django_db
NOW = timezone.now()
EVENING = NOW + timedelta(hours=5)


@pytest.fixture
def onde() -> Application:
    return make_application("ONDE", seen_by={"category": "CHEF"}, delegable=True, slug="onde")


@pytest.fixture
def lent(cast: Cast, onde: Application) -> Delegation:
    return delegations.delegate(cast.head, cast.teacher, onde, make_school(), ends=EVENING, now=NOW)


def opens(account: Account, application: Application, now: object = NOW) -> bool:
    fresh = Account.objects.select_related("person").get(pk=account.pk)
    return audience.may_open(fresh, Application.objects.get(pk=application.pk), now)  # type: ignore[arg-type]


def test_lent_it_opens_and_is_told(cast: Cast, onde: Application, lent: Delegation) -> None:
    assert opens(cast.teacher, onde)
    [tile] = tile_queries.arena_tiles(cast.teacher, NOW)
    assert (tile.name, tile.giver, tile.until) == ("ONDE", "Nadia Benhamou", EVENING)
    parcel = Parcel.objects.get(about=cast.teacher.key)
    assert parcel.to == cast.teacher.address
    assert "Nadia Benhamou vous délègue" in parcel.text
    entry = Entry.objects.get(act="delegation.given")
    assert (entry.actor, entry.subject) == (cast.head.key, cast.teacher.key)
    assert entry.details["application"] == "onde"


def test_it_ends_at_its_second(cast: Cast, onde: Application, lent: Delegation) -> None:
    assert opens(cast.teacher, onde, EVENING - timedelta(seconds=1))
    assert not opens(cast.teacher, onde, EVENING)
    assert not opens(cast.teacher, onde, EVENING + timedelta(seconds=1))


def test_taken_back_it_opens_no_more(cast: Cast, onde: Application, lent: Delegation) -> None:
    delegations.withdraw_delegation(lent, by=cast.head, now=NOW)
    delegations.withdraw_delegation(lent, by=cast.head, now=NOW)
    assert not opens(cast.teacher, onde)
    assert Entry.objects.filter(act="delegation.withdrawn").count() == 1
    assert Parcel.objects.filter(about=cast.teacher.key).count() == 2


@pytest.mark.parametrize("who", ["head", "teacher"])
def test_it_ends_when_one_of_them_leaves_the_establishment(
    cast: Cast, onde: Application, lent: Delegation, who: str
) -> None:
    yesterday = timezone.localdate(NOW) - timedelta(days=1)
    Posting.objects.filter(person=getattr(cast, who).person).update(ends=yesterday)
    assert not opens(cast.teacher, onde)


@pytest.mark.parametrize("change", [{"present": False}, {"duty_end": date(2025, 1, 1)}])
def test_it_ends_when_the_head_s_duty_does(
    cast: Cast, onde: Application, lent: Delegation, change: dict[str, object]
) -> None:
    Person.objects.filter(pk=cast.head.person.pk).update(**change)
    assert not opens(cast.teacher, onde)


def test_it_ends_when_the_head_is_head_no_more(cast: Cast, onde: Application, lent: Delegation) -> None:
    Posting.objects.filter(person=cast.head.person).update(function="ENS")
    assert not opens(cast.teacher, onde)


def test_nobody_lends_what_they_may_no_longer_open(cast: Cast, onde: Application, lent: Delegation) -> None:
    onde.audiences.update(category="IEN")
    assert not opens(cast.teacher, onde)


@pytest.mark.parametrize("change", [{"delegable": False}, {"active": False}])
def test_the_application_may_stop_being_lent(
    cast: Cast, onde: Application, lent: Delegation, change: dict[str, object]
) -> None:
    Application.objects.filter(pk=onde.pk).update(**change)
    assert not opens(cast.teacher, onde)


def test_given_again_the_new_one_counts(cast: Cast, onde: Application, lent: Delegation) -> None:
    delegations.delegate(cast.head, cast.teacher, onde, make_school(), ends=NOW + timedelta(minutes=1), now=NOW)
    assert not opens(cast.teacher, onde, NOW + timedelta(minutes=2))


def test_who_may_not_lend(cast: Cast, onde: Application) -> None:
    college, elsewhere = make_school(), make_school("0021111B", department="02")
    deputy = make_account(make_person("Luc", "Adjoint", category="ADJ", function="ADJ"))
    for giver, place in ((cast.teacher, college), (deputy, college), (cast.head, elsewhere)):
        with pytest.raises(DelegationRefusedError):
            delegations.delegate(giver, cast.stranger, onde, place, ends=EVENING, now=NOW)
    assert not Delegation.objects.exists()


def test_to_whom_and_what(cast: Cast, onde: Application) -> None:
    college = make_school()
    secret = make_application("Secrète", seen_by={"category": "CHEF"})
    foreign = make_application("IEN", seen_by={"category": "IEN"}, delegable=True)
    for receiver, application, ends in (
        (cast.stranger, onde, EVENING),  # posted elsewhere
        (cast.leaver, onde, EVENING),
        (cast.head, onde, EVENING),  # to oneself
        (cast.teacher, secret, EVENING),  # not delegable
        (cast.teacher, foreign, EVENING),  # not the head's own
        (cast.teacher, onde, NOW),  # over before it begins
        (cast.teacher, onde, NOW + timedelta(days=800)),
    ):
        with pytest.raises(DelegationRefusedError):
            delegations.delegate(cast.head, receiver, application, college, ends=ends, now=NOW)
    assert not Delegation.objects.exists()


def test_what_was_lent_cannot_be_lent_on(cast: Cast, onde: Application, lent: Delegation) -> None:
    Posting.objects.filter(person=cast.teacher.person).update(function="DIR")  # two heads at once
    colleague = make_account(make_person("Paul", "Dubois", civility="M."))
    with pytest.raises(DelegationRefusedError):
        delegations.delegate(cast.teacher, colleague, onde, make_school(), ends=EVENING, now=NOW)


def test_the_next_head_sees_and_takes_back_what_was_lent(cast: Cast, lent: Delegation) -> None:
    successor = make_account(make_person("Omar", "Suivant", civility="M.", category="CHEF", function="DIR"))
    assert access.delegation_for(successor, lent.pk, NOW) == lent
    head_elsewhere = make_account(
        make_person("Eve", "Autre", category="CHEF", function="DIR", school=make_school("0021111B", department="02"))
    )
    for other in (cast.teacher, head_elsewhere):
        with pytest.raises(Http404):
            access.delegation_for(other, lent.pk, NOW)
