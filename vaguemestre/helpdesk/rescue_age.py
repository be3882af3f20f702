"""Whether a rescue contact is old enough to prove who calls: whoever takes an account begins by changing it."""

from datetime import datetime, timedelta

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import rescue
from vaguemestre.accounts.models import Account


def confirmed_since(account: Account) -> datetime | None:
    return rescue.contact_of(account).confirmed_at if rescue.confirmed_email(account) else None


def too_young(account: Account, now: datetime) -> bool:
    """Of the last days, or of the days before the account was declared stolen, however long ago that is."""
    since = confirmed_since(account)
    if since is None:
        return False
    drill = account.drills.order_by("-pk").first()
    suspect = drill is not None and drill.since <= since < drill.started_at
    return suspect or since > now - timedelta(days=academy().help_desk.undo_days)
