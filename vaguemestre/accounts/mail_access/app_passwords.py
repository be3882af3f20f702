"""Passwords of mail programs: named, shown once, withdrawn at once. For holders of a second factor the only ones.

20 signs of 31 are 99 random bits. A slow hash would defend a secret that people choose; this one cannot be guessed from
SHA-256 in the age of the universe, and Dovecot finds it by one look-up among any number.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q, QuerySet

from vaguemestre.accounts.code_alphabet import CODE_ALPHABET
from vaguemestre.accounts.models import Account, AppPassword, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.projection import announce_change
from vaguemestre.audit import journal

BATCH = 2000
GROUPS, GROUP = 5, 4
MOST = 20  # alive at once; more is a mistake, and the list must stay readable
SEEN_AGAIN = timedelta(minutes=1)  # a mail program that comes every few seconds is written down once a minute
Scope = AppPassword.Scope


@transaction.atomic
def make_app_password(account: Account, name: str, scope: str, now: datetime) -> tuple[AppPassword, str]:
    """The password in clear, this once. The daemons know it once `projection.is_confirmed(account)`."""
    clear = _generate()
    made = AppPassword.objects.create(account=account, name=name, scope=scope, hash=digest(clear), made_at=now)
    journal.record(account.key, "app-password.made", account.key, name=name, scope=scope)
    notices.tell_owner(account, Notice.Kind.APP_PASSWORD, now=now, change="made", name=name, scope=scope)
    announce_change([account])
    return made, clear


@transaction.atomic
def withdraw_app_password(password: AppPassword, now: datetime) -> bool:
    """By its owner. Open connections end with it. False when it was withdrawn already."""
    account = password.account
    if not _withdraw(password, account.key, now):
        return False
    change = "program-ended" if password.by_portal else "withdrawn"
    notices.tell_owner(account, Notice.Kind.APP_PASSWORD, now=now, change=change, name=password.name)
    announce_change([account])
    return True


@transaction.atomic
def withdraw_all(*accounts: Account, by: str, now: datetime) -> int:
    """A stolen account, a reset that asks for it, leavers who come back: how many were alive. The notice is that of
    the act."""
    keys = [account.key for account in accounts]
    living = [
        password for batch in batched(keys, BATCH, strict=False)
        for password in AppPassword.objects.filter(account__in=batch, withdrawn_at=None).select_related("account")
    ]  # fmt: skip
    withdrawn = [password for password in living if _withdraw(password, by, now)]
    announce_change({password.account_id: password.account for password in withdrawn}.values())
    return len(withdrawn)


def living_app_passwords(account: Account) -> QuerySet[AppPassword]:
    """The one used last comes first."""
    return account.app_passwords.filter(withdrawn_at=None).order_by("-last_used_at", "-made_at")


def note_use(password: AppPassword, channel: str, address: str | None, now: datetime) -> None:
    """A mail program came in with it; `channel` is imap or smtp."""
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - SEEN_AGAIN)
    AppPassword.objects.filter(long_ago, pk=password.pk).update(
        last_used_at=now, last_used_address=address, last_used_for=channel
    )


def digest(clear: str) -> str:
    """As Dovecot reckons it (auth.conf): without what only helps the eye."""
    return hashlib.sha256(re.sub(r"[\s-]", "", clear).lower().encode()).hexdigest()


def end_app_password(password: AppPassword, *, by: str, now: datetime) -> bool:
    """Without a word to its owner, which is the caller's. Within a transaction; False when it was over already."""
    ended = _withdraw(password, by, now)
    if ended:
        announce_change([password.account])
    return ended


def _withdraw(password: AppPassword, by: str, now: datetime) -> bool:
    live = AppPassword.objects.filter(pk=password.pk, withdrawn_at=None)
    if live.update(withdrawn_at=now) != 1:
        return False
    act = "mail-program.ended" if password.by_portal else "app-password.withdrawn"
    journal.record(by, act, password.account_id, name=password.name)
    return True


def _generate() -> str:
    """`k7mr-w4pz-9nhb-x2cd-t8vy`: no 0 o 1 l i."""
    groups = ("".join(secrets.choice(CODE_ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)
