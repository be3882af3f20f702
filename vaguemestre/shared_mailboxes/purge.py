"""What this room holds about an account whose mail is gone for good: `accounts.ports.account_purgers`."""

from datetime import datetime

from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.shared_mailboxes import periods
from vaguemestre.shared_mailboxes.models import InternalNote, Membership
from vaguemestre.shared_mailboxes.periods import Ending


def purge(account_key: str, now: datetime) -> None:
    """The person's memberships. Who wrote in a box's name stays, and so do their
    notes: it is the place's correspondence, not the person's. Those of a box go with it."""
    theirs = Membership.objects.filter(member=account_key)
    there = periods.current().filter(member=account_key).select_related(*periods.WITH_ACCOUNTS)
    periods.end([Ending(one, Membership.End.LEFT_DUTY) for one in there], by=SYSTEM, now=now)
    theirs.delete()
    InternalNote.objects.filter(box=account_key).delete()
    InternalNote.mentions.through.objects.filter(account=account_key).delete()
