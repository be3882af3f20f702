"""Who takes care of which conversation of a box, and which are done. Rows are added and never changed, but for
`current`: the state is derived from them (`docs/decisions/assignments.md`)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, chain

from django.db import transaction
from django.db.models import Q, QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions.event_streams import tell_change
from vaguemestre.shared_mailboxes.models import ConversationEvent, SharedMailbox

Kind = ConversationEvent.Kind
LONGEST = 255
AT_ONCE = 40  # conversations, of a dozen messages each
# Dovecot keeps the second in which a message came: one that comes within this second or the last is later than the act.
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class NamedConversation:
    """At least one Message-ID of a conversation, oldest first, as its page showed it; when the newest of these came."""

    message_ids: tuple[str, ...]
    newest_at: datetime


def events_of(box: str, message_ids: Iterable[str]) -> list[ConversationEvent]:
    """The current events of the conversations that have one of these messages; the latest last. One query."""
    wanted = sorted({one[:LONGEST] for one in message_ids if one})
    if not wanted:
        return []
    return list(_current(box).filter(Q(oldest__in=wanted) | Q(newest__in=wanted)).select_related(*_PERSONS))


def latest_events(box: str, most: int) -> list[ConversationEvent]:
    """The newest current events, at most so many; the latest last."""
    return list(_current(box).order_by("-pk")[:most])[::-1]


def standing_events(boxes: Collection[str], since: datetime) -> list[ConversationEvent]:
    """The current events of several boxes that give a conversation, or are about messages that came since; the latest
    last."""
    stands = Q(kind=Kind.GIVEN) | Q(until__gte=since)
    return list(ConversationEvent.objects.filter(stands, box__in=boxes, current=True).order_by("pk"))


def record(
    box: Account, kind: ConversationEvent.Kind, conversations: Sequence[NamedConversation], *,
    to: Account | None = None, by: Account, now: datetime,
) -> list[ConversationEvent]:  # fmt: skip
    """`to`: a member who may write today; the caller checks it. A conversation in that state already gets no row."""
    made = []
    with alone_in(box.key):
        for some in batched(conversations, AT_ONCE, strict=False):
            known = events_of(box.key, chain.from_iterable(one.message_ids for one in some))
            for one in some:
                names = {name[:LONGEST] for name in one.message_ids}
                before = [event for event in known if not names.isdisjoint((event.oldest, event.newest))]
                last = before[-1] if before else None
                if _stands(last, kind, to, one):
                    continue
                event = ConversationEvent(
                    box_id=box.key, kind=kind, member=to, by=by, at=now, oldest=one.message_ids[0][:LONGEST],
                    newest=one.message_ids[-1][:LONGEST], replaces=last,
                    until=min(one.newest_at, now.replace(microsecond=0) - ONE_SECOND),
                )  # fmt: skip
                made.append(_put(event, before))
        if made:
            tell_change(box.key)
    return made


def take_back(box: Account, numbers: Collection[int], writers: Collection[str], *, by: Account, now: datetime) -> int:
    """The state of before these events, unless another act followed. How many. `writers`: keys of members who may write
    today; a conversation that was given to somebody else becomes free."""
    done = 0
    with alone_in(box.key):
        for event in _current(box.key).filter(pk__in=numbers).select_related("replaces"):
            former = event.replaces
            kept = former if former and (former.member_id is None or former.member_id in writers) else None
            _put(
                ConversationEvent(
                    box_id=box.key, kind=kept.kind if kept else Kind.FREED, member_id=kept.member_id if kept else None,
                    by=by, at=now, oldest=event.oldest, newest=event.newest, until=kept.until if kept else event.until,
                    replaces=event,
                ),
                [event],
            )  # fmt: skip
            done += 1
        if done:
            tell_change(box.key)
    return done


def free(pairs: Collection[tuple[str, str]], now: datetime) -> None:
    """Conversations of members whose right in a box ended become free. Keys of boxes and members; inside the
    transaction of that end."""
    held = ConversationEvent.objects.filter(
        current=True, kind=Kind.GIVEN, box__in={box for box, _member in pairs}, member__in={one for _box, one in pairs}
    )
    freed = [one for one in held if (one.box_id, one.member_id) in pairs]
    for one in freed:
        event = ConversationEvent(
            box_id=one.box_id, kind=Kind.FREED, at=now, oldest=one.oldest, newest=one.newest, until=one.until,
            replaces=one,
        )  # fmt: skip
        _put(event, [one])
    for box in {one.box_id for one in freed}:
        tell_change(box)


@contextmanager
def alone_in(box: str) -> Iterator[None]:
    """Two members who act at the same moment do it one after the other."""
    with transaction.atomic():
        SharedMailbox.objects.select_for_update().get(pk=box)
        yield


_PERSONS = "member__person", "by__person"


def _current(box: str) -> QuerySet[ConversationEvent]:
    return ConversationEvent.objects.filter(box=box, current=True).order_by("pk")


def _stands(
    last: ConversationEvent | None, kind: ConversationEvent.Kind, to: Account | None, one: NamedConversation
) -> bool:
    if last is None:
        return kind == Kind.FREED
    if kind != last.kind or last.member_id != (to.key if to else None):
        return False
    return kind != Kind.DONE or one.newest_at <= last.until


def _put(event: ConversationEvent, before: Collection[ConversationEvent]) -> ConversationEvent:
    if before:
        ConversationEvent.objects.filter(pk__in=[one.pk for one in before]).update(current=False)
    event.save(force_insert=True)
    return event
