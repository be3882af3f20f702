"""Boxes of places: made by a confirmed import, shared by who holds the posts, taken back with the import."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.arrivals import rollback
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.people.import_lock import my_turn, refuse_to_wait
from vaguemestre.people.models import Person, Posting
from vaguemestre.people.testing import REMPARTS, row
from vaguemestre.shared_mailboxes import boxes, periods, posts
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.testing import NOW
from vaguemestre.testing import make_account, make_person, make_school

pytestmark = pytest.mark.django_db
TODAY = today(NOW)
type Take = Callable[..., None]
HEAD, DEPUTY = {"category": "CHEF"}, {"category": "ADJ"}


def rights(uai: str = "0809901C") -> dict[str, str]:
    found = periods.current().filter(box__place=uai).values_list("member__person__hr_key", "right")
    return {str(key): right for key, right in found}


def test_an_import_makes_the_box_of_each_place_that_it_lists(take: Take) -> None:
    take(row(1), row(2, **REMPARTS), row(3, posting1_uai="0809001Z", posting1_kind="rectorat"))
    made = SharedMailbox.objects.select_related("account").order_by("account__local_part")
    assert [box.account.local_part for box in made] == ["ce.0029903d", "ce.0809901c"]
    [_other, box] = made
    assert (box.account.kind, box.account.password) == (Account.Kind.SHARED, None)
    assert Account.every.filter(pk=box.account_id, person=None).exists()
    assert (box.account.display_name, box.made_by) == ("Collège des Tilleuls", "operator:test")
    part = LocalPart.objects.get(account=box.account)
    assert (part.kind, part.undotted) == (LocalPart.Kind.FUNCTIONAL, "ce0809901c")
    assert account_named("ce.0809901c") is None


def test_the_posts_wait_for_an_import_that_is_under_way(take: Take) -> None:
    """On PostgreSQL each would wait for accounts that the other has changed, and one of the two would be ended."""
    take(row(1, **HEAD))
    Membership.objects.all().delete()
    Due.objects.all().delete()
    due.at(NOW, posts.KEEP_UP, "")
    with my_turn(waiting=refuse_to_wait):
        due.run(NOW)
    assert rights() == {}
    assert due.all_planned(posts.KEEP_UP, [""]) == {"": NOW + posts.AGAIN_AFTER}
    due.run(NOW + posts.AGAIN_AFTER)
    assert list(rights().values()) == ["owner"]


def test_the_same_feed_again_makes_no_second_one(take: Take) -> None:
    take(row(1))
    take(row(1), row(2), now=NOW + timedelta(days=1))
    assert SharedMailbox.objects.count() == 1


def test_what_counts_people_meets_no_box(take: Take) -> None:
    take(row(1))
    assert [account.kind for account in Account.objects.all()] == [Account.Kind.PERSON]
    assert Account.every.count() == 2
    assert not Person.objects.filter(account=None, present=True).exists()


def test_an_account_is_of_a_person_or_shared() -> None:
    facts = {"identifier": "x", "local_part": "x", "opens_on": TODAY, "created_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.every.create(key="b1", **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.every.create(key="b1", kind=Account.Kind.SHARED, person=make_person(), **facts)


def test_owner_and_members_follow_the_posts(take: Take) -> None:
    take(row(1, **HEAD), row(2, **DEPUTY), row(3))
    assert rights() == {"RH1": "owner", "RH2": "member"}
    assert Account.objects.get(person__hr_key="RH1").in_boxes
    assert not Account.objects.get(person__hr_key="RH3").in_boxes


def period_of(person: str, uai: str = "0809901C") -> Membership:
    return periods.current().get(box__place=uai, member__person__hr_key=person)


def test_who_leaves_the_post_reads_for_three_weeks_and_the_successor_has_it(take: Take) -> None:
    take(row(1, **HEAD), row(2, **HEAD, **REMPARTS))
    later = NOW + timedelta(days=30)
    take(row(1, **HEAD, **REMPARTS), row(2, **HEAD), now=later)
    assert rights() == {"RH1": "reader", "RH2": "owner"}
    former = period_of("RH1")
    assert former.ends == today(later) + timedelta(days=21)
    assert former.holds(today(later))
    assert not former.holds(today(later) + timedelta(days=22))
    back = later + timedelta(days=5)
    take(row(1, **HEAD), row(2, **HEAD, **REMPARTS), now=back)
    assert rights() == {"RH1": "owner"}  # the other held the post for five days only
    assert period_of("RH1").ends is None
    hers = Membership.objects.filter(box__place="0809901C", member__person__hr_key="RH1").order_by("pk")
    assert [(one.right, one.starts, one.end) for one in hers] == [
        ("owner", TODAY, "left-post"), ("reader", today(later), "other-right"), ("owner", today(back), ""),
    ]  # fmt: skip


def test_who_was_added_by_hand_is_not_the_posts_affair(take: Take) -> None:
    take(row(1, **HEAD), row(2))
    box, account = SharedMailbox.objects.get(), Account.objects.get(person__hr_key="RH2")
    Membership.objects.create(box=box, member=account, right="member", starts=TODAY, added_by="test")
    posts.follow_posts(NOW)
    assert rights() == {"RH1": "owner", "RH2": "member"}


def test_a_post_of_tomorrow_gives_nothing_today() -> None:
    place = make_school()
    boxes.make_boxes([place.uai], import_number=1, now=NOW, by="test")
    head = make_account(make_person(category="CHEF", function="DIR", school=place, duty_start=date(2020, 9, 1)))
    Posting.objects.filter(person=head.person).update(starts=TODAY + timedelta(days=1))
    posts.follow_posts(NOW)
    assert not Membership.objects.exists()
    posts.follow_posts(NOW + timedelta(days=1))
    assert Membership.objects.get().right == MailboxRights.OWNER


def test_an_undone_import_withdraws_what_nothing_has_reached(take: Take, daemons: None) -> None:
    take(row(1), now=NOW - timedelta(days=1))
    take(row(1), row(2, **REMPARTS))
    rollback.rollback(now=NOW + timedelta(hours=1), by="operator:test")
    states = dict(SharedMailbox.objects.values_list("place_id", "account__state"))
    assert states == {"0809901C": "open", "0029903D": "stopped"}
    assert LocalPart.objects.filter(local_part="ce.0029903d").exists()
    take(row(1), row(2, **REMPARTS), now=NOW + timedelta(days=1))
    assert SharedMailbox.objects.get(place="0029903D").account.state == Account.State.OPEN
    assert SharedMailbox.objects.count() == 2


def test_an_undone_import_keeps_what_mail_has_reached(
    take: Take, daemons: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(row(1))
    reached = SharedMailbox.objects.get().account
    monkeypatch.setattr(rollback, "is_empty", lambda key: key != reached.key)
    rollback.rollback(now=NOW + timedelta(hours=1), by="operator:test")
    assert SharedMailbox.objects.get().account.state == Account.State.OPEN


def test_two_thousand_places_cost_no_query_each(take: Take) -> None:
    for number in range(60):
        place = make_school(f"080{number:04}X")
        make_account(make_person(category="CHEF", function="DIR", school=place), password=None)
    with CaptureQueriesContext(connection) as made:
        boxes.make_boxes([f"080{number:04}X" for number in range(60)], import_number=1, now=NOW, by="test")
    with CaptureQueriesContext(connection) as followed:
        posts.follow_posts(NOW)
    assert Membership.objects.count() == 60
    assert len(made) <= 30
    assert len(followed) <= 30
