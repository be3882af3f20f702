"""What this room holds about an account whose mail is gone for good: `accounts.ports.account_purgers`."""

from datetime import datetime

from vaguemestre.shared_mailboxes.models import Membership
from vaguemestre.shared_mailboxes.posts import announce_boxes


def purge(account_key: str, _now: datetime) -> None:
    """The person's memberships. Who wrote in a box's name stays: it is the place's correspondence, not the person's."""
    theirs = Membership.objects.filter(member=account_key)
    boxes = set(theirs.values_list("box_id", flat=True))
    theirs.delete()
    announce_boxes(boxes)
