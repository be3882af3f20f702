"""Telling the daemons: what they know of an account is older than its `mail_version` until the projector has run."""

from collections.abc import Iterable
from itertools import batched

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from vaguemestre.accounts.models import Account, ProjectionRequest
from vaguemestre.accounts.ports import account_followers, account_projector

BATCH = 2000


def announce_change(accounts: Iterable[Account]) -> None:
    """Call it inside the act's transaction. A failing projector undoes nothing: the outbox row waits for the repair."""
    keys = [account.key for account in accounts]
    if not keys:
        return
    with transaction.atomic():
        for batch in batched(keys, BATCH, strict=False):
            _ask(batch)
        transaction.on_commit(lambda: _project(keys), robust=True)
        transaction.on_commit(lambda: _tell_followers(keys), robust=True)


def is_confirmed(account: Account) -> bool:
    """The daemons know the present state. An act that shuts somebody out says so only then."""
    return not ProjectionRequest.objects.filter(account=account).exists()


def _ask(keys: tuple[str, ...]) -> None:
    Account.every.filter(pk__in=keys).update(mail_version=F("mail_version") + 1)
    versions = Account.every.filter(pk__in=keys).values_list("key", "mail_version")
    now = timezone.now()
    ProjectionRequest.objects.bulk_create(
        (ProjectionRequest(account_id=key, version=version, requested_at=now) for key, version in versions),
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["version", "requested_at"],
    )


def _project(keys: list[str]) -> None:
    account_projector.one()(keys)


def _tell_followers(keys: list[str]) -> None:
    """Rooms that keep something of an account for themselves, and would otherwise learn it later."""
    for follow in account_followers.all():
        follow(keys)
