"""Leaving for another académie: the reply to those who write may name the next address, when the person agrees."""

from datetime import datetime
from fnmatch import fnmatchcase

from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Departure
from vaguemestre.accounts.projection import announce_change
from vaguemestre.audit import journal


def is_transfer_allowed(address: str) -> bool:
    """Public education's own: nobody can have the service tell the world to write to a shop."""
    domain = address.lower().rpartition("@")[2]
    own = academy().domain
    return domain != own and any(fnmatchcase(domain, pattern) for pattern in academy().departure.transfer_domains)


def new_address_of(account: Account) -> str | None:
    row = Departure.objects.filter(account=account, agreed_at__isnull=False).first()
    return row.new_address if row else None


def agree_transfer(account: Account, address: str, *, now: datetime) -> None:
    with transaction.atomic():
        Departure.objects.update_or_create(account=account, defaults={"new_address": address, "agreed_at": now})
        # The domain alone: the journal outlives the account.
        journal.record(account.key, "departure.address-given", account.key, domain=address.rpartition("@")[2])
        announce_change([account])


def withdraw_transfer(account: Account) -> None:
    with transaction.atomic():
        if Departure.objects.filter(account=account).update(new_address=None, agreed_at=None):
            journal.record(account.key, "departure.address-withdrawn", account.key)
            announce_change([account])
