"""What goes with an account whose mailbox is deleted."""

from datetime import datetime

from vaguemestre.sso.models import ApplicationSession, Consent, ServiceTicket


def forget_account(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the shape of every purger
    """The subject stays: nobody else may ever be called so."""
    Consent.objects.filter(account=account_key).delete()
    ServiceTicket.objects.filter(account=account_key).delete()
    ApplicationSession.objects.filter(account=account_key).delete()
