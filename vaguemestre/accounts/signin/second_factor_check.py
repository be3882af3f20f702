"""The step after a right password: a code of the phone, sent to it or on paper, a passkey. Each works once."""

import re
from datetime import datetime

from vaguemestre.accounts.factors import passkeys, recovery_codes, sms_codes, totp
from vaguemestre.accounts.factors.factor_state import Kind
from vaguemestre.accounts.models import Account

_SIX_DIGITS = re.compile(r"\d{6}", re.ASCII)


def check_second_factor(account: Account, *, code: str, key: str, now: datetime) -> Kind | None:
    """What it was answered with. `key` is what the browser's authenticator signed; `code` what was typed, with the
    spaces that people type."""
    if key:
        return Kind.PASSKEY if passkeys.verify_passkey(key, account, now) == account else None
    signs = re.sub(r"\s", "", code)
    if _SIX_DIGITS.fullmatch(signs):
        if totp.check_totp(account, signs, now):
            return Kind.TOTP
        return Kind.TEXT if sms_codes.check_code(account, signs, now) else None
    return Kind.RECOVERY if signs and recovery_codes.use_code(account, signs, now) else None
