"""What this room holds about an account whose mail is gone for good (`accounts.ports`). Until then a closed
account keeps its contacts, so that it can be restored."""

from datetime import datetime, timedelta

from vaguemestre.clock import due
from vaguemestre.contacts import undo
from vaguemestre.contacts.models import Collected, Contact, Group, Undoable, Upload

UPLOAD_WAITS = timedelta(hours=24)


def purge(account_key: str, _now: datetime) -> None:
    for table in (Undoable, Upload, Collected, Contact, Group):
        table.objects.filter(account=account_key).delete()


@due.recurring("contacts.retention.sweep", every=3600)
def sweep(_key: str, now: datetime) -> None:
    """The clock: files that nobody imported, and what can no longer be undone."""
    Undoable.objects.filter(done_at__lt=now - undo.LASTS).delete()
    Upload.objects.filter(sent_at__lt=now - UPLOAD_WAITS).delete()
