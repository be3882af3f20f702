"""Who an owner lets into a box, among the staff of its place, until when; and who is shown out."""

from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import Posting
from vaguemestre.shared_mailboxes import periods
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.periods import OVERLAP, Ending, live
from vaguemestre.shared_mailboxes.posts import posts_kept_with


class MemberRefusal(StrEnum):
    NOT_OF_THE_PLACE = "not-of-the-place"
    PAST = "past"
    BY_POST = "by-post"  # comes with the post, and would come back tomorrow


class MemberRefusedError(Exception):
    def __init__(self, reason: MemberRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


def members_of(box: Account, today: date) -> list[Membership]:
    """Owners first, then by name. With what tells people apart."""
    found = live(today).filter(box=box.key).select_related("member__person")
    found = found.prefetch_related("member__person__postings__school")
    order = list(MailboxRights.values)
    return sorted(found, key=lambda one: (order.index(one.right), one.member.person.search_name, one.member_id))


def staff_to_add(box: Account, by: Account, today: date) -> list[Account]:
    """Who is posted at its place today and shares it not yet, or only since they left a post; of a service, where who
    adds them is posted."""
    current = Posting.objects.filter(Q(ends__isnull=True) | Q(ends__gte=today), starts__lte=today)
    place = SharedMailbox.objects.values_list("place", flat=True).get(pk=box.key)
    places = [place] if place else list(current.filter(person=by.person).values_list("school", flat=True))
    posted = current.filter(school__in=places)
    on_duty = Q(person__duty_end__isnull=True) | Q(person__duty_end__gte=today)  # an account may be open for longer
    found = Account.objects.filter(
        on_duty, person__in=posted.values("person"), person__present=True, state=Account.State.OPEN
    )
    found = found.exclude(pk__in=live(today).filter(box=box.key).exclude(OVERLAP).values("member"))
    found = found.select_related("person").prefetch_related("person__postings__school")
    return sorted(found, key=lambda one: (one.person.search_name, one.key))


def add_member(
    box: Account, key: str, right: MailboxRights, ends: date | None, *, by: Account, now: datetime
) -> Account:
    """`ends`: the last day. Raises MemberRefusedError."""
    today = timezone.localdate(now)
    member = next((one for one in staff_to_add(box, by, today) if one.key == key), None)
    if member is None:
        raise MemberRefusedError(MemberRefusal.NOT_OF_THE_PLACE)
    if ends is not None and ends < today:
        raise MemberRefusedError(MemberRefusal.PAST)
    let_in(SharedMailbox.objects.get(pk=box.key), member, right, ends, by=by.key, now=now)
    return member


def let_in(
    box: SharedMailbox, member: Account, right: MailboxRights, ends: date | None, *, by: str, now: datetime
) -> None:
    """By hand, in the place of what they had. Whether they may be let in is the caller's to know."""
    today = timezone.localdate(now)
    with transaction.atomic():
        fresh = Membership(
            box=box, member=member, right=right, posts=posts_kept_with(box, member, today), starts=today, ends=ends,
            added_by=by,
        )  # fmt: skip
        before = periods.current().filter(box=box, member=member).select_related(*periods.WITH_ACCOUNTS).first()
        if before is None:
            periods.begin([fresh], by=by, now=now)
        else:
            periods.end([Ending(before, Membership.End.OTHER_RIGHT, fresh)], by=by, now=now)


def remove_member(membership: Membership, *, by: Account, now: datetime) -> None:
    """At once, by every door: the daemons know it before this returns. Raises MemberRefusedError."""
    if membership.by_rule and membership.ends is None:
        raise MemberRefusedError(MemberRefusal.BY_POST)
    periods.end([Ending(membership, Membership.End.TAKEN_AWAY)], by=by.key, now=now)


def give_back(box: Account, taken: int, *, by: Account, now: datetime) -> Account | None:
    """The period of that number was taken away by mistake: the same person, right and last day once more, as another
    one. None where that day is over, or they share it again or serve no longer."""
    found = Membership.objects.filter(pk=taken, box=box.key, end=Membership.End.TAKEN_AWAY)
    former = found.filter(member__state=Account.State.OPEN).select_related("box", "member__person").first()
    if former is None or (former.ends and former.ends < timezone.localdate(now)):
        return None
    if periods.current().filter(box=box.key, member=former.member_id).exists():
        return None
    let_in(former.box, former.member, MailboxRights(former.right), former.ends, by=by.key, now=now)
    return former.member


def remove_again(member: str, local_part: str, *, by: str, now: datetime) -> None:
    """After a restore, which brought them back. Nothing where they are not there."""
    there = periods.live(timezone.localdate(now)).filter(member=member, box__account__local_part=local_part)
    found = there.select_related(*periods.WITH_ACCOUNTS)
    periods.end([Ending(one, Membership.End.TAKEN_AWAY) for one in found], by=by, now=now)
