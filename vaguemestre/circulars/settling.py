"""The state of the copies that Postfix has: delivered, waiting and why, impossible and why."""

from vaguemestre.circulars.message import message_id
from vaguemestre.circulars.models import Delivery
from vaguemestre.engine.bulk_delivery import SliceOutcome, slice_outcomes
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, DoveadmUnavailableError
from vaguemestre.engine.message_withdrawal import find_copies

Copy = Delivery.State
SLICES = 400  # of one request to Postfix


def settle_deliveries() -> None:
    """Raises QueueUnavailableError."""
    queued = Delivery.objects.filter(state=Copy.QUEUED)
    numbers = list(queued.order_by("queue_id").values_list("queue_id", flat=True).distinct()[:SLICES])
    outcomes = slice_outcomes(numbers)
    for copy in queued.filter(queue_id__in=numbers).select_related("account", "mailing__circular"):
        _settle(copy, outcomes[copy.queue_id])


def _settle(copy: Delivery, outcome: SliceOutcome) -> None:
    address = copy.account.address
    if address in outcome.waiting:
        state, reason = Copy.QUEUED, outcome.waiting[address]
    elif address in outcome.refused:
        state, reason = Copy.IMPOSSIBLE, outcome.refused[address]
    elif address in outcome.delivered:
        state, reason = Copy.DELIVERED, ""
    else:
        state, reason = _looked_for(copy), ""
    if (state, reason[:200]) != (copy.state, copy.reason):
        Delivery.objects.filter(pk=copy.pk, state=Copy.QUEUED).update(state=state, reason=reason[:200])


def _looked_for(copy: Delivery) -> Copy:
    """Postfix's log has no line about it: the keeper of the queue was restarted meanwhile."""
    mailing = copy.mailing
    try:
        found = find_copies(copy.account_id, f"<{message_id(mailing)}>", "", mailing.in_mailboxes_since)
    except DoveadmUnavailableError:
        return Copy.QUEUED
    except DoveadmRefusedError:
        found = []
    return Copy.DELIVERED if found else Copy.IMPOSSIBLE
