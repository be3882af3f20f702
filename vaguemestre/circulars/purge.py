"""Data of this room about an account whose mail is gone for good: `accounts.ports.account_purgers`."""

from datetime import datetime

from vaguemestre.circulars.models import Delivery, Dispatch


def purge(account_key: str, now: datetime) -> None:  # noqa: ARG001 - the port's signature
    """Which circulars the person got and when they were seen. Those that they wrote stay: they are the authority's."""
    ended = Delivery.objects.filter(account=account_key, mailing__state=Dispatch.State.SENT)
    ended.delete()
