"""Mail to thousands of our mailboxes, in slices: handed to Postfix at the inner door, whence it takes the transport
`bulk` (postfix/master.cf); and how far each recipient of a slice is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from vaguemestre.engine.bulk_sender import bulk_sender
from vaguemestre.engine.queue_holds import ask_keeper
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.smtp.submission import submit_locally

SLICE = 100  # recipients
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class SliceOutcome:
    """By address: who waits and why (empty: it is tried now), who has it, and whom it cannot reach and why. An address
    that is in none: the keeper of the queue was restarted meanwhile."""

    waiting: dict[str, str] = field(default_factory=dict)
    delivered: frozenset[str] = frozenset()
    refused: dict[str, str] = field(default_factory=dict)


def submit_slice(recipients: Sequence[str], message: bytes) -> str:
    """The queue id. Raises as `submit_message` does: after MailboxUnavailableError it is not known whether Postfix has
    it. Handed over twice it arrives once (dovecot/sieve/duplicates.sieve)."""
    host, port = settings.COURIER["door"]
    return submit_locally(Endpoint(host, port), bulk_sender(), recipients, message)


def slice_outcomes(queue_ids: Sequence[str]) -> dict[str, SliceOutcome]:
    """Raises QueueUnavailableError."""
    if not queue_ids:
        return {}
    said = ask_keeper("outcomes", PATIENCE_SECONDS, ids=list(queue_ids))["messages"]
    return {number: _outcome(one["waiting"], one["done"]) for number, one in said.items()}


def _outcome(waiting: dict[str, str], done: dict[str, list[str]]) -> SliceOutcome:
    sent = frozenset(address for address, (status, _words) in done.items() if status == "sent")
    refused = {address: words for address, (status, words) in done.items() if status != "sent"}
    return SliceOutcome(waiting, sent, refused)
