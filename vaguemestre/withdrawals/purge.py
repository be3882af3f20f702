"""What this room keeps of an account goes with it; the messages themselves go with the mailbox (`engine.mailboxes`)."""

from datetime import datetime

from vaguemestre.withdrawals.models import Report, Withheld


def forget_account(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the shape of every purger
    Report.objects.filter(account=account_key).delete()
    Withheld.objects.filter(account=account_key).delete()
