"""A box that the posts give an owner and that has none is counted, and said."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import Person, Posting
from vaguemestre.shared_mailboxes import boxes, ownerless_boxes, posts
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, MembershipRule, SharedMailbox
from vaguemestre.shared_mailboxes.service_mailboxes import Owners, make_service
from vaguemestre.testing import make_account, make_person, make_school
from vaguemestre.web.findings import Severity

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def head() -> Account:
    """Of a place whose box nobody shares yet."""
    return headed("0801234A")


def headed(uai: str) -> Account:
    place = make_school(uai)
    boxes.make_boxes([uai], import_number=1, now=NOW, by="test")
    return make_account(make_person(category="CHEF", function="DIR", school=place), password=None)


def counted(now: datetime = NOW) -> float:
    [gauge] = ownerless_boxes.box_gauges(now)
    severities = [finding.severity for finding in ownerless_boxes.box_findings(now)]
    assert severities == ([Severity.NOTE] if gauge.value else [])
    return gauge.value


def test_until_the_posts_are_followed(head: Account) -> None:
    assert counted() == 1
    posts.follow_posts(NOW)
    assert counted() == 0


def test_whoever_was_made_its_owner_by_hand_will_do(head: Account) -> None:
    box, other = SharedMailbox.objects.get(), make_account(make_person())
    one = Membership.objects.create(box=box, member=other, right=MailboxRights.MEMBER, starts=TODAY, added_by="test")
    assert counted() == 1
    Membership.objects.update(right=MailboxRights.OWNER)
    assert counted() == 0
    one.ends = TODAY - timedelta(days=1)
    one.save()
    assert counted() == 1


@pytest.mark.parametrize("gone", ["post", "person", "to come"])
def test_a_post_that_nobody_holds_today_gives_no_owner(head: Account, gone: str) -> None:
    if gone == "person":
        Person.objects.update(present=False)
    else:
        date_of = {"post": {"ends": TODAY - timedelta(days=1)}, "to come": {"starts": TODAY + timedelta(days=1)}}[gone]
        Posting.objects.update(**date_of)
    assert counted() == 0


def test_a_function_that_gives_no_owner(head: Account) -> None:
    Posting.objects.update(function="ADJ")
    assert counted() == 0


def test_a_box_that_is_closed(head: Account) -> None:
    Account.every.filter(box__isnull=False).update(state=Account.State.STOPPED)
    assert counted() == 0


def test_a_service_that_a_function_owns() -> None:
    make_account(make_person(function="GEST", school=make_school("0809001Z", kind="rectorat")))
    make_service("dpe3", "DPE 3", Owners(function="GEST"), now=NOW, by="test")
    assert counted() == 0
    Membership.objects.all().delete()
    assert counted() == 1
    MembershipRule.objects.filter(function="GEST").delete()
    assert counted() == 0


def test_many_boxes_cost_no_query_each() -> None:
    for number in range(40):
        headed(f"080{number:04}X")
    with CaptureQueriesContext(connection) as asked:
        assert ownerless_boxes.count_ownerless_boxes(NOW) == 40
    assert len(asked) == 4
    posts.follow_posts(NOW)
    with CaptureQueriesContext(connection) as asked:
        assert ownerless_boxes.count_ownerless_boxes(NOW) == 0
    assert len(asked) == 1
