"""What this room holds about an account whose mail is gone for good: `accounts.ports.account_purgers`."""

from datetime import datetime

from vaguemestre.lists.models import ApprovalRight


def purge(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the port's signature
    """Rights that the person held. Those that they gave to others stay, as in the journal, by their key."""
    ApprovalRight.objects.filter(holder=account_key).delete()
