"""The step after a right password: a code of the telephone, a passkey, or a code on paper. Each works once."""

import re
from datetime import datetime

from vaguemestre.accounts.factors import passkeys, recovery_codes, totp
from vaguemestre.accounts.models import Account

_SIX_DIGITS = re.compile(r"\d{6}", re.ASCII)


def right(account: Account, *, code: str, key: str, now: datetime) -> bool:
    """`key` is what the browser's authenticator signed; `code` what was typed, with the spaces that people type."""
    if key:
        return passkeys.verify(key, account, now) == account
    signs = re.sub(r"\s", "", code)
    if _SIX_DIGITS.fullmatch(signs):
        return totp.check(account, signs, now)
    return bool(signs) and recovery_codes.use(account, signs, now)
