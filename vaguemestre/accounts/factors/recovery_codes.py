"""Ten codes on paper, for the day the phone is at the bottom of a lake. Each opens once."""

import hmac
import re
import secrets
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from vaguemestre.accounts.code_alphabet import CODE_ALPHABET
from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.models import Account, RecoveryCode

COUNT, FEW = 10, 3
GROUPS, GROUP = 3, 4  # 59 bits


@transaction.atomic
def renew_codes(account: Account, now: datetime) -> list[str]:
    """A new list, in clear this once; the former one is worth nothing from here."""
    codes = [_generate() for _ in range(COUNT)]
    account.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, hash=_hash(account, code), made_at=now) for code in codes
    )
    factor_state.note_change(account, "recovery-codes-made", now)
    return codes


@transaction.atomic
def use_code(account: Account, typed: str, now: datetime) -> bool:
    """One conditional UPDATE: of two sign-ins with the same code, one comes too late."""
    unused = account.recovery_codes.filter(hash=_hash(account, typed), used_at=None)
    if unused.update(used_at=now) != 1:
        return False
    factor_state.note_change(account, "recovery-code-used", now, left=count_left(account))
    return True


def count_left(account: Account) -> int:
    return account.recovery_codes.filter(used_at=None).count()


def _generate() -> str:
    groups = ("".join(secrets.choice(CODE_ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def _hash(account: Account, code: str) -> str:
    """Keyed: 59 bits are too few for a fast hash alone, and a slow one would be tried against ten rows."""
    signs = re.sub(r"[\s\-–]", "", code).lower()
    return hmac.new(settings.SECRET_KEY.encode(), f"recovery:{account.key}:{signs}".encode(), sha256).hexdigest()
