"""A word to the owner when a mail program comes in that is new: what `accounts.signin.completion` does for browsers."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.accounts.models import Account, AppPassword, Notice, SignIn
from vaguemestre.accounts.notices import notices

AGAIN = timedelta(days=1)  # a phone that travels crosses many networks: one word a day, and one for each network
_KIND = Notice.Kind.NEW_DEVICE
_BY_PASSWORD, _BY_APP_PASSWORD, _BY_PORTAL = "program", "app-program", "portal-program"


def is_new_client(account: Account, password: AppPassword | None, network: str, now: datetime) -> bool:
    """Asked before this sign-in is in the log. An application password is news once, the account's own password where
    nobody has signed in before, by any door."""
    if not network:
        return False
    if password:
        return password.last_used_at is None
    good = SignIn.objects.filter(account=account, result=SignIn.Result.GOOD, network=network)
    return not good.exists() and not _told_lately(account, now)


def tell_new_client(account: Account, password: AppPassword | None, network: str, now: datetime) -> None:
    with transaction.atomic():
        if password:
            change = _BY_PORTAL if password.by_portal else _BY_APP_PASSWORD
            notices.tell_owner(account, _KIND, now=now, change=change, name=password.name, network=network)
        else:
            notices.tell_owner(account, _KIND, now=now, change=_BY_PASSWORD, network=network)


def _told_lately(account: Account, now: datetime) -> bool:
    lately = account.notices.filter(kind=_KIND, at__gt=now - AGAIN)
    return lately.filter(details__change=_BY_PASSWORD).exists()
