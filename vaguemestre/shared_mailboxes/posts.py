"""Memberships follow the posts: who holds which function where, by the rules, today."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.clock import due
from vaguemestre.people.import_lock import ImportRunningError, my_turn, refuse_to_wait
from vaguemestre.people.models import Posting, Snapshot
from vaguemestre.shared_mailboxes import periods
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, MembershipRule, SharedMailbox
from vaguemestre.shared_mailboxes.periods import BATCH, Ending, Pair

KEEP_UP = due.Job("shared_mailboxes.posts.keep_up", every=86400)
AGAIN_AFTER = timedelta(minutes=1)
OVERLAP_FROM_DAYS = 15  # a post that was held for less leaves nothing to hand over
HIGHEST_FIRST = list(MailboxRights.values)
End = Membership.End


@KEEP_UP.register
def keep_up(_key: str, now: datetime) -> datetime:
    """After each feed, and at midnight: posts and periods end with a day. Not beside an import, which changes the same
    accounts in another order: PostgreSQL would end one of the two."""
    try:
        with my_turn(waiting=refuse_to_wait):
            follow_posts(now)
    except ImportRunningError:
        return now + AGAIN_AFTER
    return midnight(timezone.localdate(now) + timedelta(days=1))


def follow_posts(now: datetime) -> None:
    """Whoever has come to a post has its right. Whoever has left it continues reading for `overlap_days`, and writes
    nothing; so does who was added by hand and has left the place. An undone import takes back what it gave, and gives
    back what it took."""
    today = timezone.localdate(now)
    with transaction.atomic():
        wanted: dict[Pair, Membership] = {
            (box, member): Membership(
                box_id=box, member_id=member, right=right, by_rule=True, starts=today, added_by=SYSTEM
            )
            for (box, member), right in rights_by_posts(today).items()
        }
        undone = _undone_import()
        held = _posts_by_member(today)
        facts = _Facts(today, wanted, held)
        if undone:
            wanted |= _lost_by(undone, wanted, held, today)
            day = timezone.localdate(undone.applied_at)
            facts = replace(facts, undone_from=day, undone_overlaps=_overlaps_of(day))
        known = periods.current().filter(box__account__state=Account.State.OPEN)
        rows = {(one.box_id, one.member_id): one for one in known.select_related(*periods.WITH_ACCOUNTS)}
        endings = [ending for one in rows.values() if (ending := _ending(one, facts))]
        begun = [one for pair, one in wanted.items() if pair not in rows]
        periods.end(endings, begun=begun, by=SYSTEM, now=now)
        forget_former_members(today)


def follow_ended_accounts(keys: Sequence[str]) -> None:
    """For `accounts.ports.account_followers`: whoever has left duty leaves the boxes, without waiting for midnight."""
    now = timezone.now()
    over = Q(state__in=Account.ENDED) | Q(closes_on__lte=timezone.localdate(now))
    left = Account.objects.filter(over, in_boxes=True)
    if any(left.filter(pk__in=batch).exists() for batch in batched(keys, BATCH, strict=False)):
        due.at(now, KEEP_UP, "")


def forget_former_members(today: date) -> None:
    over = Account.objects.filter(in_boxes=True).exclude(pk__in=periods.live(today).values("member"))
    over.update(in_boxes=False)


class RightsOfPosts:
    """The rights that a function at a place gives in boxes that are open, by the rules of today."""

    def __init__(self) -> None:
        opened = SharedMailbox.objects.filter(account__state=Account.State.OPEN).values_list("place_id", "pk")
        every = list(MembershipRule.objects.all())
        there = {box for _place, box in opened}
        self.functions = {rule.function for rule in every}
        self._boxes = {place: box for place, box in opened if place}
        self._of_places = {(rule.place_id, rule.function): rule.right for rule in every if rule.box_id is None}
        self._of_services = [rule for rule in every if rule.box_id in there]

    def of_post(self, place: str, function: str) -> list[tuple[str, str]]:
        """Box and right; a box more than once where several rules name it."""
        right = self._of_places.get((place, function)) or self._of_places.get((None, function))
        given = [(self._boxes[place], right)] if place in self._boxes and right else []
        return given + [
            (str(rule.box_id), rule.right)
            for rule in self._of_services if rule.function == function and rule.place_id in {None, place}
        ]  # fmt: skip


def rights_by_posts(today: date) -> dict[Pair, str]:
    """The highest of the rights that somebody's posts give."""
    found: dict[Pair, str] = {}
    rights = RightsOfPosts()
    for place, function, member in _held_posts(today, rights.functions):
        for box, each in rights.of_post(place, function):
            found[box, member] = min(found.get((box, member), each), each, key=HIGHEST_FIRST.index)
    return found


def posts_kept_with(box: SharedMailbox, member: Account, today: date) -> list[str]:
    """What somebody who is added by hand now leaves the box with (`Membership.posts`)."""
    if box.place_id:
        at_the_place = _current(today).filter(person=member.person, school=box.place_id)
        return [box.place_id] if at_the_place.exists() else []
    held = _current(today).filter(person=member.person).values_list("school_id", "function")
    return sorted({post_name(place, function) for place, function in held})


@dataclass(frozen=True, slots=True)
class _Facts:
    today: date
    wanted: Mapping[Pair, Membership]
    held: Mapping[str, set[str]]  # of those who were added by hand
    undone_from: date = date.max  # periods that began on this day or later came with an import that is undone
    undone_overlaps: Collection[int] = ()  # and what these have left

    def has_left(self, one: Membership) -> bool:
        if one.by_rule:
            return one.ends is None or one.pk in self.undone_overlaps
        return bool(one.posts) and self.held[one.member_id].isdisjoint(one.posts)


def _ending(one: Membership, facts: _Facts) -> Ending | None:
    coming = facts.wanted.get((one.box_id, one.member_id))
    if not _in_duty(one.member, facts.today):
        return Ending(one, End.LEFT_DUTY)
    if one.ends and one.ends < facts.today:
        return Ending(one, End.DATE, coming)
    if coming:
        return None if _is_as_good(one, coming) else Ending(one, End.OTHER_RIGHT, coming)
    return Ending(one, End.LEFT_POST, _overlap(one, facts)) if facts.has_left(one) else None


def _is_as_good(one: Membership, coming: Membership) -> bool:
    """What was given by hand yields to a post that gives as much."""
    if one.by_rule:
        return (one.right, one.ends, True) == (coming.right, coming.ends, coming.by_rule)
    return HIGHEST_FIRST.index(one.right) < HIGHEST_FIRST.index(coming.right)


def _overlap(one: Membership, facts: _Facts) -> Membership | None:
    days = academy().shared_mailboxes.overlap_days
    held_for = (facts.today - one.starts).days
    if not days or held_for < OVERLAP_FROM_DAYS or one.starts >= facts.undone_from:
        return None
    last = facts.today + timedelta(days=days)
    return Membership(
        box_id=one.box_id, member_id=one.member_id, right=MailboxRights.READER, by_rule=True, starts=facts.today,
        ends=min(last, one.ends or last), added_by=SYSTEM,
    )  # fmt: skip


def _undone_import() -> Snapshot | None:
    last = Snapshot.objects.order_by("-number").first()
    return last if last and last.undone_at else None


def _lost_by(
    undone: Snapshot, wanted: Mapping[Pair, Membership], held: Mapping[str, set[str]], today: date
) -> dict[Pair, Membership]:
    """What the import ended and no post gives: given by hand, or to read only, after a post left before. Begun again,
    but where somebody has decided otherwise since."""
    ended: dict[Pair, Membership] = {}
    during = Membership.objects.filter(ended_at__range=(undone.applied_at, undone.undone_at)).order_by("pk")
    for one in during.filter(box__account__state=Account.State.OPEN).select_related("member__person"):
        pair = (one.box_id, one.member_id)
        ended[pair] = ended.get(pair, one) if one.by_rule else one
    decided = Membership.objects.filter(Q(by_rule=False) | Q(end=End.TAKEN_AWAY), member__in=during.values("member"))
    last = {(one.box_id, one.member_id): one.pk for one in decided.order_by("pk")}
    return {
        pair: Membership(
            box_id=one.box_id, member_id=one.member_id, right=one.right, by_rule=one.by_rule, posts=one.posts,
            starts=today, ends=one.ends, added_by=one.added_by,
        )
        for pair, one in ended.items()
        if last.get(pair, one.pk) <= one.pk and one.end in {End.LEFT_POST, End.LEFT_DUTY, End.OTHER_RIGHT}
        and not (one.by_rule and one.ends is None) and (one.ends is None or one.ends >= today)
        and (pair not in wanted or _is_as_good(one, wanted[pair])) and _in_duty(one.member, today)
        and (not one.posts or not held[one.member_id].isdisjoint(one.posts))
    }  # fmt: skip


def _overlaps_of(day: date) -> set[int]:
    """Those of periods that began on this day or later."""
    left = Membership.objects.filter(end=End.LEFT_POST, ended_at__gte=midnight(day)).order_by("pk")
    begun = {(box, member): starts for box, member, starts in left.values_list("box", "member", "starts")}
    overlaps = periods.current().filter(by_rule=True, ends__isnull=False, starts__gte=day)
    return {one.pk for one in overlaps if begun.get((one.box_id, one.member_id), date.min) >= day}


def _in_duty(member: Account, today: date) -> bool:
    person = member.person
    return (
        person.present and (person.duty_end is None or today <= person.duty_end) and member.state not in Account.ENDED
    )


def _current(today: date) -> "QuerySet[Posting]":
    return Posting.objects.filter(Q(ends__isnull=True) | Q(ends__gte=today), starts__lte=today)


def _held_posts(today: date, functions: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Place, function, account. Without people who have left or have not begun: their accounts open nothing."""
    held = _current(today).filter(
        Q(person__duty_end__isnull=True) | Q(person__duty_end__gte=today), function__in=functions,
        person__present=True, person__duty_start__lte=today, person__account__isnull=False,
    )  # fmt: skip
    yield from held.values_list("school_id", "function", "person__account__key").iterator(chunk_size=5000)


def _posts_by_member(today: date) -> Mapping[str, set[str]]:
    """As `Membership.posts` names them."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    by_hand = Membership.objects.filter(by_rule=False).values("member__person")
    held = _current(today).filter(person__in=by_hand)
    for member, place, function in held.values_list("person__account__key", "school_id", "function"):
        found[member] |= {place, post_name(place, function)}
    return found


def post_name(place: str, function: str) -> str:
    """As `Membership.posts` has it."""
    return f"{place}/{function}"
