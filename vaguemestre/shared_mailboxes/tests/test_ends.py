"""The end of a membership, for whatever reason, and what is known of it afterwards."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from vaguemestre.accounts.legal_dates import midnight, today
from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account
from vaguemestre.arrivals import rollback
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.people.testing import REMPARTS, row
from vaguemestre.shared_mailboxes import access, members, periods, posts
from vaguemestre.shared_mailboxes.members import MemberRefusedError
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.periods import Ending
from vaguemestre.shared_mailboxes.service_mailboxes import Owners, close_service, make_service, reopen_service
from vaguemestre.shared_mailboxes.testing import NOW

pytestmark = pytest.mark.django_db
OWNER, MEMBER, READER = MailboxRights
HEAD = {"category": "CHEF"}
ADMINISTRATION = {"category": "ADME"}
SECOND = {"posting2_uai": "0029903D", "posting2_school": "Collège des Remparts", "posting2_kind": "college",
          "posting2_city": "Laon", "posting2_share": "50", "posting2_starts": "2020-09-01"}  # fmt: skip
TODAY = today(NOW)
MONTH = timedelta(days=30)
End = Membership.End
type Take = Callable[..., None]


def account(number: int) -> Account:
    return Account.objects.get(person__hr_key=f"RH{number}")


def box(uai: str = "0809901C") -> SharedMailbox:
    return SharedMailbox.objects.select_related("account").get(place=uai)


def add(number: int, right: MailboxRights = MEMBER, ends: date | None = None) -> None:
    """As the head does."""
    members.add_member(box().account, account(number).key, right, ends, by=account(1), now=NOW)


def right_of(number: int, uai: str = "0809901C", on: date = TODAY) -> str:
    found = periods.live(on).filter(box__place=uai, member=account(number)).first()
    return found.right if found else ""


def ends_of(number: int, uai: str = "0809901C") -> list[tuple[str, str]]:
    return list(
        Membership.objects.filter(box__place=uai, member=account(number)).order_by("pk").values_list("right", "end")
    )


def test_a_secretary_who_moves_reads_for_three_weeks_and_is_out(take: Take) -> None:
    take(row(1, **HEAD), row(2, **ADMINISTRATION))
    add(2)
    assert periods.current().get(member=account(2)).posts == ["0809901C"]
    moved = NOW + MONTH
    take(row(1, **HEAD), row(2, **ADMINISTRATION, **REMPARTS), now=moved)
    assert right_of(2, on=today(moved)) == READER
    last = today(moved) + timedelta(days=21)
    assert right_of(2, on=last) == READER
    assert right_of(2, on=last + timedelta(days=1)) == ""
    posts.follow_posts(midnight(last + timedelta(days=1)))
    assert ends_of(2) == [("member", "left-post"), ("reader", "date")]
    assert not account(2).in_boxes
    line = Entry.objects.get(act="box.left-post", subject=account(2).key)
    assert (line.details["right"], line.details["until"]) == ("reader", last.isoformat())


def test_who_stood_there_for_less_than_fifteen_days_has_nothing_to_hand_over(take: Take) -> None:
    take(row(1, **HEAD), row(2))
    add(2)
    take(row(1, **HEAD), row(2, **REMPARTS), now=NOW + timedelta(days=14))
    assert ends_of(2) == [("member", "left-post")]
    assert not account(2).in_boxes


def test_another_function_at_the_same_place_and_a_second_place_change_nothing(take: Take) -> None:
    take(row(1, **HEAD), row(2))
    add(2)
    take(row(1, **HEAD), row(2, posting1_function="ADM"), now=NOW + MONTH)
    take(row(1, **HEAD), row(2, **SECOND), now=NOW + 2 * MONTH)
    assert ends_of(2) == [("member", "")]


def test_who_comes_back_is_let_in_again_and_each_time_is_a_period(take: Take) -> None:
    take(row(1, **HEAD), row(2))
    add(2)
    take(row(1, **HEAD), row(2, **REMPARTS), now=NOW + MONTH)
    take(row(1, **HEAD), row(2), now=NOW + MONTH + timedelta(days=2))
    assert right_of(2, on=today(NOW + MONTH)) == READER
    later = NOW + MONTH + timedelta(days=2)
    members.add_member(box().account, account(2).key, MEMBER, None, by=account(1), now=later)
    assert ends_of(2) == [("member", "left-post"), ("reader", "other-right"), ("member", "")]


def test_of_a_service_one_is_member_as_long_as_one_holds_a_post_of_that_day(take: Take) -> None:
    take(row(1, **HEAD, **SECOND), row(2))
    service = make_service("jury", "Jury", Owners([account(1)]), now=NOW, by="test")

    def held() -> bool:
        return periods.live(TODAY).filter(box=service, member=account(1)).exists()

    take(row(1, **HEAD), row(2), now=NOW + MONTH)
    assert held()
    take(row(1, category="ADMR", posting1_function="ADM"), row(2), now=NOW + 2 * MONTH)
    [former, overlap] = Membership.objects.filter(box=service).order_by("pk")
    assert (former.right, former.end, overlap.right) == ("owner", "left-post", "reader")


def test_who_came_from_elsewhere_leaves_by_the_day_or_with_duty(take: Take) -> None:
    take(row(1, **HEAD), row(2, **REMPARTS), row(3, **REMPARTS))
    for number, ends in ((2, TODAY), (3, None)):
        members.let_in(box(), account(number), MEMBER, ends, by="administrator", now=NOW)
    assert set(map(str, periods.current().filter(by_rule=False).values_list("posts", flat=True))) == {"[]"}
    tomorrow = NOW + timedelta(days=1)
    take(row(1, **HEAD), row(2, **REMPARTS), row(3), now=tomorrow)
    assert (ends_of(2), ends_of(3)) == ([("member", "date")], [("member", "")])
    take(row(1, **HEAD), row(2, **REMPARTS), now=NOW + MONTH)
    assert ends_of(3) == [("member", "left-duty")]
    over = Membership.objects.get(member=account(2), box=box())
    assert over.ended_at == midnight(today(tomorrow))


def test_two_heads_swapped_by_mistake_and_put_back(take: Take, daemons: None) -> None:
    """Neither reads the other's school, and each has what they had; so has a secretary who was moved."""
    take(row(1, **HEAD), row(2, **HEAD, **REMPARTS), row(3))
    add(3)
    wrong = NOW + MONTH
    take(row(1, **HEAD, **REMPARTS), row(2, **HEAD), row(3, **REMPARTS), now=wrong)
    assert right_of(3, on=today(wrong)) == READER
    later = wrong + timedelta(days=20)  # as long as a post that leaves something to hand over
    rollback.rollback(now=later, by="operator:test")
    posts.follow_posts(later)
    on = today(later)
    assert [right_of(number, on=on) for number in (1, 2, 3)] == ["owner", "", "member"]
    assert [right_of(number, "0029903D", on=on) for number in (1, 2)] == ["", "owner"]
    posts.follow_posts(later)
    assert len(ends_of(3)) == 3


def test_what_an_owner_has_ended_since_an_undone_import_does_not_give_back(take: Take, daemons: None) -> None:
    take(row(1, **HEAD), row(2))
    add(2)
    take(row(1, **HEAD), row(2, **REMPARTS), now=NOW + MONTH)
    overlap = periods.current().select_related(*periods.WITH_ACCOUNTS).get(member=account(2))
    members.remove_member(overlap, by=account(1), now=NOW + MONTH)
    rollback.rollback(now=NOW + MONTH, by="operator:test")
    posts.follow_posts(NOW + MONTH)
    assert right_of(2, on=today(NOW + MONTH)) == ""


def test_an_undone_import_gives_back_what_a_post_had_taken_the_place_of(take: Take, daemons: None) -> None:
    """Somebody who was added by hand and made a head by mistake; somebody who read on, and was brought back."""
    take(row(1, **HEAD), row(2), row(3, category="ADJ"))
    add(2)
    take(row(1, **HEAD), row(2), row(3, **REMPARTS), now=NOW + MONTH)
    wrong = NOW + MONTH + timedelta(days=1)
    take(row(1, **HEAD), row(2, **HEAD), row(3, category="ADJ"), now=wrong)
    assert [right_of(number, on=today(wrong)) for number in (2, 3)] == [OWNER, MEMBER]
    rollback.rollback(now=wrong, by="operator:test")
    for _time in range(2):
        posts.follow_posts(wrong)
        assert [right_of(number, on=today(wrong)) for number in (2, 3)] == [MEMBER, READER]
    assert periods.current().get(member=account(2)).posts == ["0809901C"]
    first, again = Membership.objects.filter(member=account(3), box=box(), right=READER).order_by("pk")
    assert (first.end, again.end, again.ends) == ("other-right", "", first.ends)


def test_an_undone_import_leaves_nobody_reading_who_came_by_it(take: Take, daemons: None) -> None:
    """Nor who left by a day that it told."""
    take(row(1, **HEAD), row(2, **REMPARTS))
    ends = (TODAY + timedelta(days=30)).isoformat()
    take(row(1, **HEAD), row(2, **HEAD, posting1_ends=ends), now=NOW + timedelta(hours=1))
    later = NOW + timedelta(days=31)
    posts.follow_posts(later)
    assert right_of(2, on=today(later)) == READER
    rollback.rollback(now=later, by="operator:test")
    posts.follow_posts(later)
    assert right_of(2, on=today(later)) == ""


def test_nobody_is_added_who_is_no_longer_in_duty(take: Take) -> None:
    """Whose account the help desk has opened again for some weeks."""
    take(row(1, **HEAD), row(2))
    gone = account(2).key
    take(row(1, **HEAD), now=NOW + MONTH)
    later = NOW + MONTH
    closure.restore_account(account(2), until=today(later) + MONTH, by="agent", reason="", now=later)
    assert account(2).state == Account.State.OPEN
    with pytest.raises(MemberRefusedError):
        members.add_member(box().account, gone, MEMBER, None, by=account(1), now=later)


def test_a_post_that_gives_as_much_takes_the_place_of_what_was_given_by_hand(take: Take) -> None:
    take(row(1, **HEAD), row(2))
    add(2)
    take(row(1, **HEAD), row(2, category="ADJ"), now=NOW + MONTH)
    assert periods.current().get(member=account(2)).by_rule
    assert ends_of(2) == [("member", "other-right"), ("member", "")]


def test_an_account_that_closes_leaves_without_waiting_for_midnight(
    take: Take, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    take(row(1, **HEAD), row(2))
    add(2)
    due.drop(posts.KEEP_UP, "")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        closure.close_accounts([account(2)], on=timezone.localdate(), now=timezone.now())
    assert due.all_planned(posts.KEEP_UP, [""]).keys() == {""}
    due.run(timezone.now())
    assert ends_of(2) == [("member", "left-duty")]


def test_the_posts_are_looked_at_again_at_midnight(take: Take) -> None:
    due.at(NOW, posts.KEEP_UP, "")
    due.run(NOW)
    assert due.all_planned(posts.KEEP_UP, [""]) == {"": midnight(TODAY + timedelta(days=1))}


def test_a_service_opened_again_is_not_that_of_who_has_left_meanwhile(take: Take) -> None:
    take(row(1, **HEAD), row(2))
    service = make_service("jury", "Jury", Owners([account(1), account(2)]), now=NOW, by="test")
    close_service(service, now=NOW, by="test")
    take(row(1, **HEAD), now=NOW + MONTH)
    reopen_service(SharedMailbox.objects.select_related("account").get(pk=service.pk), now=NOW + MONTH, by="test")
    due.run(NOW + MONTH)
    open_to = periods.live(today(NOW + MONTH)).filter(box=service).values_list("member", flat=True)
    assert list(open_to) == [account(1).key]


def test_somebody_has_one_period_at_a_time_and_none_is_written_over(take: Take) -> None:
    take(row(1, **HEAD), row(2))
    add(2)
    members.let_in(box(), account(2), READER, TODAY, by=account(1).key, now=NOW)
    first, second = Membership.objects.filter(member=account(2)).order_by("pk")
    assert (first.right, first.ends, first.ended_at, first.end) == ("member", None, NOW, "other-right")
    assert (second.right, second.ends, second.ended_at) == ("reader", TODAY, None)
    with pytest.raises(MemberRefusedError):
        members.remove_member(periods.current().get(member=account(1)), by=account(1), now=NOW)
    assert access.boxes_of(account(2), TODAY)[0].right == READER
    periods.end([Ending(periods.current().select_related(*periods.WITH_ACCOUNTS).get(member=account(2)),
                        End.TAKEN_AWAY)], by="test", now=NOW)  # fmt: skip
    assert access.boxes_of(account(2), TODAY) == []
