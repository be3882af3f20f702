"""What a member had written in a box's name and has not sent, or had sent and has not left: once they may no longer
write there, it is for its owners to decide (`shared_mailboxes.ports.right_followers`)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from vaguemestre.shared_mailboxes.ports import LostRight
from vaguemestre.webmail.compose import empty_drafts
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.outbox import delivery


def hand_over(lost: Sequence[LostRight], now: datetime) -> Mapping[LostRight, Mapping[str, int]]:
    """To the page “Waiting to leave” of the box, each with the name of who wrote it. What is being delivered at this
    moment follows when the mail server refuses it."""
    rights = {(one.box.key, one.member.key): one for one in lost}
    boxes, authors = {box for box, _author in rights}, {author for _box, author in rights}
    written = Outgoing.objects.filter(
        account__in=boxes, author__in=authors, state__in=(Outgoing.State.DRAFT, Outgoing.State.QUEUED)
    ).exclude(kind__in=delivery.UNKEPT)
    kept: Counter[LostRight] = Counter()
    for outgoing in written.select_related("account", "author__person"):
        one = rights.get((outgoing.account_id, outgoing.author_id or ""))
        if one and _keep(outgoing, one, now):
            kept[one] += 1
    return {one: {"letters": count} for one, count in kept.items()}


def _keep(outgoing: Outgoing, lost: LostRight, now: datetime) -> bool:
    failure = delivery.left_failure(lost.member)
    if not outgoing.is_draft:
        return delivery.call_back(outgoing, now, failure)
    if empty_drafts.is_empty(outgoing):
        return False
    return bool(Outgoing.objects.filter(pk=outgoing.pk, state=Outgoing.State.DRAFT).update(failure=failure))
