"""What this room holds about an account whose mail is gone for good: `accounts.ports.account_purgers`."""

from datetime import datetime

from vaguemestre.webmail import kept_files
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import (
    BulkAct,
    DeliveryReport,
    Filter,
    FormerScript,
    ForwardTarget,
    ImageTrust,
    Label,
    Outgoing,
    Preferences,
    ReadyMade,
    RecentSearch,
    Redirection,
    SignaturePicture,
    Snoozed,
    Unsubscription,
)

CHOSEN = (
    BulkAct,
    DeliveryReport,
    Filter,
    FormerScript,
    ForwardTarget,
    ImageTrust,
    Label,
    Preferences,
    ReadyMade,
    RecentSearch,
    Redirection,
    SignaturePicture,
    Snoozed,
    Unsubscription,
)


def purge(account_key: str, _now: datetime) -> None:
    """Rows and files. The journal keeps that a redirection was set, half hidden."""
    for outgoing in Outgoing.objects.filter(account=account_key):
        drafts.erase(outgoing)
    for table in CHOSEN:
        table.objects.filter(account=account_key).delete()
    kept_files.forget(account_key)
