"""Data of this room about an account whose mail is gone for good: `accounts.ports.account_purgers`."""

from datetime import datetime

from vaguemestre.lists.models import ApprovalRight
from vaguemestre.lists.saved_lists import forget_person


def purge(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the port's signature
    """Rights that the person held, and their name in lists. Those that they gave to others stay, by their key."""
    forget_person(account_key)
    ApprovalRight.objects.filter(holder=account_key).delete()
