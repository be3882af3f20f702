"""Memberships begun and ended, for whatever reason: nothing else writes their rows. `end` is the one place where a
right in a box ends; rooms above give up with it what they keep of it (`ports.right_followers`)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions.event_streams import end_streams
from vaguemestre.audit import journal
from vaguemestre.shared_mailboxes import conversation_events
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership
from vaguemestre.shared_mailboxes.ports import LostRight, right_followers

BATCH = 900
_ENDED = ("ended_at", "end")
_ACTS = {
    Membership.End.LEFT_POST: "box.left-post",
    Membership.End.TAKEN_AWAY: "box.member-removed",
    Membership.End.DATE: "box.over",
    Membership.End.LEFT_DUTY: "box.over",
}

type Pair = tuple[str, str]  # box, member


@dataclass(frozen=True, slots=True)
class Ending:
    """`period`: read with `WITH_ACCOUNTS`. `then`: the one that follows at once, for the same box and member."""

    period: Membership
    reason: Membership.End
    then: Membership | None = None

    @property
    def lost(self) -> LostRight | None:
        remaining = MailboxRights(self.then.right) if self.then else None
        if remaining not in {None, MailboxRights.READER} or self.period.right == remaining:
            return None
        return LostRight(self.period.box.account, self.period.member, remaining)


WITH_ACCOUNTS = ("box__account", "member__person")
OVERLAP = Q(by_rule=True, ends__isnull=False)  # reads on after a post that was left


def current() -> QuerySet[Membership]:
    """Periods that have not been ended. One of them may be over by its date."""
    return Membership.objects.filter(ended_at=None)


def live(today: date) -> QuerySet[Membership]:
    """The memberships of today, in boxes that are open."""
    holds = Q(ends__isnull=True) | Q(ends__gte=today)
    return current().filter(holds, starts__lte=today, box__account__state=Account.State.OPEN)


def owners_of(box: str, today: date) -> list[Account]:
    """Of the key of a box."""
    owners = live(today).filter(box=box, right=MailboxRights.OWNER).select_related("member__person")
    return [one.member for one in owners]


def begin(periods: Sequence[Membership], *, by: str, now: datetime) -> None:
    """For pairs of box and member that have no current one. The daemons know it before the caller's act is done."""
    end([], begun=periods, by=by, now=now)


def end(endings: Sequence[Ending], *, by: str, now: datetime, begun: Sequence[Membership] = ()) -> None:
    """At once, by every door. What depended on the right ends with it, and is handed over to the owners."""
    if not endings and not begun:
        return
    today = timezone.localdate(now)
    fresh = [*begun, *(one.then for one in endings if one.then)]
    with transaction.atomic():
        for one in endings:
            one.period.ended_at, one.period.end = _moment(one, now), one.reason
        Membership.objects.bulk_update([one.period for one in endings], _ENDED, batch_size=BATCH)
        Membership.objects.bulk_create(fresh, batch_size=BATCH)
        _note(endings, fresh, by)
        changed = [*(one.period for one in endings), *fresh]
        members = {one.member_id for one in changed}
        note_members(members, today)
        announce_boxes({one.box_id for one in changed})
        end_streams(members)  # their pages ask again, for what they show and for what they may hear
        _hand_over([one.lost for one in endings if one.lost], today, now)


def announce_boxes(keys: Collection[str]) -> None:
    """Their members are others than the daemons know. Inside the act's transaction."""
    for batch in batched(sorted(keys), BATCH, strict=False):
        announce_change(Account.every.filter(pk__in=batch))


def note_members(keys: Collection[str], today: date) -> None:
    """These accounts have a box, or have none any more: what each page of theirs asks first."""
    for batch in batched(sorted(keys), BATCH, strict=False):
        members = set(live(today).filter(member__in=batch).values_list("member_id", flat=True))
        Account.objects.filter(pk__in=members).update(in_boxes=True)
        Account.objects.filter(pk__in=set(batch) - members).update(in_boxes=False)


def _moment(ending: Ending, now: datetime) -> datetime:
    ends = ending.period.ends
    if ending.reason == Membership.End.DATE and ends:
        return min(now, midnight(ends + timedelta(days=1)))
    return now


def _note(endings: Sequence[Ending], fresh: Sequence[Membership], by: str) -> None:
    """For the journal of each member."""
    boxes = {one.period.box_id for one in endings} | {one.box_id for one in fresh}
    parts = dict(Account.every.filter(pk__in=boxes).values_list("pk", "local_part"))
    lines: defaultdict[str, list[tuple[str, dict[str, journal.Detail]]]] = defaultdict(list)
    overlaps = set()
    for one in endings:
        if act := _ACTS.get(one.reason):
            remaining = one.then if one.reason == Membership.End.LEFT_POST else None
            overlaps.add(remaining)
            lines[act].append((one.period.member_id, _facts(parts[one.period.box_id], remaining)))
    for period in fresh:
        if period not in overlaps:
            act = "box.joined" if period.by_rule else "box.member-added"
            lines[act].append((period.member_id, _facts(parts[period.box_id], period)))
    for act, each in lines.items():
        journal.record_each(by, act, each)


def _facts(local_part: str, period: Membership | None) -> dict[str, journal.Detail]:
    address = f"{local_part}@{academy().domain}"
    if period is None:
        return {"box": address}
    return {"box": address, "right": period.right, "until": period.ends.isoformat() if period.ends else None}


def _hand_over(lost: Sequence[LostRight], today: date, now: datetime) -> None:
    """Each room does it; the owners of the box read what is theirs to decide now."""
    if not lost:
        return
    conversation_events.free({(one.box.key, one.member.key) for one in lost}, now)
    handed: defaultdict[LostRight, Counter[str]] = defaultdict(Counter)
    for follow in right_followers.all():
        for one, counts in follow(lost, now).items():
            handed[one].update(counts)
    for one, counts in handed.items():
        if counts.total():
            _tell_owners(one, counts, today, now)


def _tell_owners(lost: LostRight, counts: Mapping[str, int], today: date, now: datetime) -> None:
    for owner in owners_of(lost.box.key, today):
        if owner != lost.member:
            notices.tell_owner(
                owner, Notice.Kind.SHARED_MAILBOX, now=now, change="handed-over",
                name=lost.member.display_name, box=lost.box.display_name,
                letters=counts.get("letters", 0), forwardings=counts.get("forwardings", 0),
            )  # fmt: skip
