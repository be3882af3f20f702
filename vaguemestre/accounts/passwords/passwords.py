"""Passwords: hashed with Argon2id in the form Dovecot verifies too, set, and verified once a sign-in."""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.code_alphabet import CODE_ALPHABET
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.models import Account, FormerPassword, Session
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.audit import journal

LONGEST = 256  # characters; more is no password and only costs time
Kind = Account.PasswordKind
DICTATED = {Kind.PROVISIONAL, Kind.TEMPORARY}  # read from paper or heard on the phone

PROVISIONAL_GROUPS = 3
GROUP = 4


def hasher() -> PasswordHasher:
    """`hasher().hash(raw)` is what `set_provisional` stores; safe in any thread or process."""
    argon2 = academy().passwords.argon2
    return _hasher(argon2.memory_kib, argon2.time_cost, argon2.parallelism)


def verify_password(account: Account | None, raw: str) -> bool:
    """Exactly one verification, also for nobody and for an account without password: the time taken says nothing."""
    encoded = account.password if account else None
    typed = normalise(raw)
    if account and account.password_kind in DICTATED:
        typed = regroup(typed)
    try:
        matches = hasher().verify(encoded or academy().passwords.argon2.unmatched_hash, typed)
    except (VerificationError, InvalidHashError):
        return False
    return matches and encoded is not None


def set_password(
    account: Account, raw: str, *, now: datetime, by: str | None = None, keep: Session | None = None
) -> None:
    """The person's own choice, judged before by `policy`. Every other session ends."""
    encoded = hasher().hash(normalise(raw))
    with transaction.atomic():
        account.password, account.password_kind = encoded, Kind.OWN
        account.password_set_at, account.provisional_expires_at = now, None
        account.save(update_fields=_FIELDS)
        _remember(account, encoded, now)
        account.totps.filter(confirmed_at=None).delete()  # a secret that was shown before, perhaps to somebody else
        sessions.end_sessions(account, but=keep)
        journal.record(by or account.key, "password.chosen", account.key)
        announce_change([account])


def upgrade_hash(account: Account, raw: str) -> None:
    """After a good sign-in: hashed again when the authority's parameters have grown. The password stays the same."""
    if account.password is None or not hasher().check_needs_rehash(account.password):
        return
    typed = regroup(normalise(raw)) if account.password_kind in DICTATED else normalise(raw)
    former, account.password = account.password, hasher().hash(typed)
    with transaction.atomic():
        if Account.objects.filter(pk=account.pk, password=former).update(password=account.password):
            account.former_passwords.filter(encoded=former).update(encoded=account.password)
            announce_change([account])


def nobodys_hash() -> str:
    """In the place of a password that is void: nothing that is typed fits it."""
    return hasher().hash(secrets.token_urlsafe(32))


def generate_provisional() -> str:
    """`k7mr-w4pz-9nhb`: what the letter prints, as it is hashed."""
    groups = ("".join(secrets.choice(CODE_ALPHABET) for _ in range(GROUP)) for _ in range(PROVISIONAL_GROUPS))
    return "-".join(groups)


def set_provisional(account: Account, encoded_hash: str, *, now: datetime, by: str = SYSTEM) -> None:
    set_provisionals([(account, encoded_hash)], now=now, by=by)


def set_provisionals(pairs: Sequence[tuple[Account, str]], *, now: datetime, by: str = SYSTEM) -> None:
    """From the letter: replaces whatever password there was and ends every session. Expires, and must be changed."""
    lasts = timedelta(days=academy().passwords.provisional_days)
    accounts = [account for account, _encoded in pairs]
    for account, encoded in pairs:
        account.password, account.password_kind, account.password_set_at = encoded, Kind.PROVISIONAL, now
        account.provisional_expires_at = max(now, midnight(account.opens_on)) + lasts
    with transaction.atomic():
        Account.objects.bulk_update(accounts, _FIELDS, batch_size=500)
        sessions.end_all_sessions(accounts)
        journal.record_many(by, "password.provisional", [account.key for account in accounts])
        announce_change(accounts)


def is_expired(account: Account, now: datetime) -> bool:
    """A provisional password is good for some days only."""
    return account.provisional_expires_at is not None and account.provisional_expires_at <= now


def spend_temporary(account: Account, now: datetime) -> bool:
    """The help desk's password opens one sign-in, however many come at once. True for every other kind."""
    if account.password_kind != Kind.TEMPORARY:
        return True
    unspent = Account.objects.filter(pk=account.pk, password=account.password, provisional_expires_at__gt=now)
    return unspent.update(provisional_expires_at=now) == 1


def normalise(raw: str) -> str:
    """One form for é, however the keyboard composes it."""
    return unicodedata.normalize("NFC", raw[: LONGEST + 1])


def regroup(typed: str) -> str:
    """A provisional password, however it was copied from the letter: capitals, spaces and dashes are forgiven."""
    signs = re.sub(r"[\s\-–]", "", typed).lower()
    return "-".join(signs[place : place + GROUP] for place in range(0, len(signs), GROUP))


_FIELDS = ["password", "password_kind", "password_set_at", "provisional_expires_at"]


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, time_cost: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)


def _remember(account: Account, encoded: str, now: datetime) -> None:
    FormerPassword.objects.create(account=account, encoded=encoded, set_at=now)
    kept = account.former_passwords.order_by("-set_at", "-id")[: academy().passwords.remembered]
    account.former_passwords.exclude(pk__in=[former.pk for former in kept]).delete()
