"""What is asked beside the password: the telephone, passkeys, codes on paper."""

from datetime import datetime

from vaguemestre.accounts.factors import recovery_codes, standing
from vaguemestre.accounts.request import StaffRequest


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every section takes it
    account = request.account
    return {
        "telephone": account.totps.filter(confirmed_at__isnull=False).first(),
        "keys": list(account.passkeys.order_by("made_at")),
        "has_factor": account.second_factor,
        "codes_made": account.recovery_codes.exists(),
        "codes_left": recovery_codes.left(account),
        "codes_count": recovery_codes.COUNT,
        "codes_few": recovery_codes.left(account) < recovery_codes.FEW,
        "any": bool(standing.kinds(account)),
    }
