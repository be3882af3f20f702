"""The one occasion on which a NUMEN is shown to its owner."""

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.people import numen

SHOWN_FOR = 30  # seconds


def disclose_numen(account: Account) -> str | None:
    """In clear, once it is written in the journal; None when there is none."""
    with transaction.atomic():
        clear = numen.clear_numen(account.person)
        if clear is not None:
            journal.record(account.key, "numen.shown", account.key)
    return clear
