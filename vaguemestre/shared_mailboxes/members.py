"""Who an owner lets into a box, among the staff of its place, until when; and who is shown out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions.event_streams import end_streams
from vaguemestre.audit import journal
from vaguemestre.people.models import Posting
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.posts import announce_boxes, live, note_members


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
    """Who is posted at its place today and shares it not yet; of a service, where who adds them is posted."""
    current = Posting.objects.filter(Q(ends__isnull=True) | Q(ends__gte=today), starts__lte=today)
    place = SharedMailbox.objects.values_list("place", flat=True).get(pk=box.key)
    places = [place] if place else list(current.filter(person=by.person).values_list("school", flat=True))
    posted = current.filter(school__in=places)
    found = Account.objects.filter(person__in=posted.values("person"), state=Account.State.OPEN)
    found = found.exclude(pk__in=live(today).filter(box=box.key).values("member"))
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
    facts = {"right": right, "by_rule": False, "starts": today, "ends": ends, "added_by": by.key}
    with transaction.atomic():
        Membership.objects.update_or_create(box_id=box.key, member=member, defaults=facts)
        last = ends.isoformat() if ends else None
        journal.record(by.key, "box.member-added", member.key, box=box.address, right=right, until=last)
        _tell(box, [member.key], today)
    return member


def remove_member(membership: Membership, *, by: Account, now: datetime) -> None:
    """At once, by every door: the daemons know it before this returns. Raises MemberRefusedError."""
    if membership.by_rule and membership.ends is None:
        raise MemberRefusedError(MemberRefusal.BY_POST)
    _end(membership, by=by.key, now=now)


def remove_again(member: str, local_part: str, *, by: str, now: datetime) -> None:
    """After a restore, which brought them back. Nothing where they are not there."""
    there = live(timezone.localdate(now)).filter(member=member, box__account__local_part=local_part)
    for membership in there.select_related("box__account"):
        _end(membership, by=by, now=now)


def _end(membership: Membership, *, by: str, now: datetime) -> None:
    today, box = timezone.localdate(now), membership.box.account
    with transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(ends=today - timedelta(days=1))
        journal.record(by, "box.member-removed", membership.member_id, box=box.address)
        _tell(box, [membership.member_id], today)


def _tell(box: Account, members: Sequence[str], today: date) -> None:
    note_members(members, today)
    announce_boxes([box.key])
    end_streams(members)  # their pages ask again, for what they show and for what they may hear
