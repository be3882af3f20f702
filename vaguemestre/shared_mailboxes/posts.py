"""Owners and standing members follow the posts: who holds which function where, by the rules, today."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions.event_streams import end_streams
from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.people.import_lock import ImportRunningError, my_turn, refuse_to_wait
from vaguemestre.people.models import Posting
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, MembershipRule, SharedMailbox

KEEP_UP = due.Job("shared_mailboxes.posts.keep_up", every=86400)
AGAIN_AFTER = timedelta(minutes=1)
BATCH = 900
HIGHEST_FIRST = list(MailboxRights.values)

type Pair = tuple[str, str]  # box, member


@KEEP_UP.register
def keep_up(key: str, now: datetime) -> None:
    """Not beside an import, which changes the same accounts in another order: PostgreSQL would end one of the two."""
    try:
        with my_turn(waiting=refuse_to_wait):
            follow_posts(timezone.localdate(now))
    except ImportRunningError:
        due.at(now + AGAIN_AFTER, KEEP_UP, key)


def follow_posts(today: date) -> None:
    """Whoever has come to a post has its right. Whoever has left it goes on reading for `overlap_days`, and writes
    nothing."""
    with transaction.atomic():
        wanted = _by_the_posts(today)
        known = {(one.box_id, one.member_id): one for one in Membership.objects.all()}
        changed = [one for pair, one in known.items() if pair in wanted and _take_post(one, wanted[pair], today)]
        left = [one for pair, one in known.items() if pair not in wanted and _leave_post(one, today)]
        joined = [
            Membership(box_id=box, member_id=member, right=right, by_rule=True, starts=today, added_by=SYSTEM)
            for (box, member), right in wanted.items() if (box, member) not in known
        ]  # fmt: skip
        Membership.objects.bulk_create(joined, batch_size=BATCH)
        Membership.objects.bulk_update([*changed, *left], ["right", "by_rule", "starts", "ends"], batch_size=BATCH)
        journal.record_each(SYSTEM, "box.joined", _lines([*joined, *changed]))
        journal.record_each(SYSTEM, "box.left-post", _lines(left))
        told = {one.box_id for one in (*joined, *changed, *left)}
        note_members({one.member_id for one in (*joined, *changed)}, today)
        forget_former_members(today)
        announce_boxes(told)
        end_streams({one.member_id for one in (*joined, *changed, *left)})


def announce_boxes(keys: Collection[str]) -> None:
    """Their members are others than the daemons know. Inside the act's transaction."""
    for batch in batched(sorted(keys), BATCH, strict=False):
        announce_change(Account.every.filter(pk__in=batch))


def note_members(keys: Collection[str], today: date) -> None:
    """These accounts have a box, or have none any more: what each page of theirs asks first."""
    for batch in batched(sorted(keys), BATCH, strict=False):
        theirs = live(today).filter(member__in=batch).values_list("member_id", flat=True)
        members = set(theirs)
        Account.objects.filter(pk__in=members).update(in_boxes=True)
        Account.objects.filter(pk__in=set(batch) - members).update(in_boxes=False)


def forget_former_members(today: date) -> None:
    over = Account.objects.filter(in_boxes=True).exclude(pk__in=live(today).values("member"))
    over.update(in_boxes=False)


def live(today: date) -> QuerySet[Membership]:
    """The memberships of today, in boxes that are open."""
    holds = Q(ends__isnull=True) | Q(ends__gte=today)
    return Membership.objects.filter(holds, starts__lte=today, box__account__state=Account.State.OPEN)


def _take_post(one: Membership, right: str, today: date) -> bool:
    if one.by_rule and one.right == right and one.ends is None:
        return False
    if one.ends is not None and one.ends < today:
        one.starts = today
    one.by_rule, one.right, one.ends = True, right, None
    return True


def _leave_post(one: Membership, today: date) -> bool:
    if not one.by_rule or one.ends is not None:
        return False
    one.right, one.ends = MailboxRights.READER, today + timedelta(days=academy().shared_mailboxes.overlap_days)
    return True


def _by_the_posts(today: date) -> dict[Pair, str]:
    """The highest of the rights that somebody's posts give."""
    found: dict[Pair, str] = {}
    opened = SharedMailbox.objects.filter(account__state=Account.State.OPEN).values_list("place_id", "pk")
    boxes = {place: box for place, box in opened if place}
    every = list(MembershipRule.objects.all())
    of_places = {(rule.place_id, rule.function): rule.right for rule in every if rule.box_id is None}
    there = {box for _place, box in opened}
    of_services = [rule for rule in every if rule.box_id in there]
    for place, function, member in _held_posts(today, {rule.function for rule in every}):
        right = of_places.get((place, function)) or of_places.get((None, function))
        given = [(boxes[place], right)] if place in boxes and right else []
        given += [
            (str(rule.box_id), rule.right)
            for rule in of_services if rule.function == function and rule.place_id in {None, place}
        ]  # fmt: skip
        for box, each in given:
            found[box, member] = min(found.get((box, member), each), each, key=HIGHEST_FIRST.index)
    return found


def _held_posts(today: date, functions: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Place, function, account. Without people who have left or have not begun: their accounts open nothing."""
    held = Posting.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=today), Q(person__duty_end__isnull=True) | Q(person__duty_end__gte=today),
        function__in=functions, starts__lte=today, person__present=True, person__duty_start__lte=today,
        person__account__isnull=False,
    )  # fmt: skip
    yield from held.values_list("school_id", "function", "person__account__key").iterator(chunk_size=5000)


def _lines(memberships: Collection[Membership]) -> Iterator[tuple[str, dict[str, journal.Detail]]]:
    """For the journal of each member."""
    parts = dict(SharedMailbox.objects.values_list("pk", "account__local_part")) if memberships else {}
    for one in memberships:
        yield one.member_id, {"box": f"{parts[one.box_id]}@{academy().domain}", "right": one.right}
