"""What is asked beside the password: the phone, passkeys, codes on paper, codes by text message."""

from datetime import datetime

from vaguemestre.accounts.factors import factor_state, recovery_codes
from vaguemestre.accounts.models import TextFactor
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import contact
from vaguemestre.courier import sms


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - every section takes it
    account = request.account
    text = TextFactor.objects.filter(account=account).first()
    return {
        "telephone": account.totps.filter(confirmed_at__isnull=False).first(),
        "keys": list(account.passkeys.order_by("made_at")),
        "has_factor": account.second_factor,
        "codes_made": account.recovery_codes.exists(),
        "codes_left": recovery_codes.count_left(account),
        "codes_count": recovery_codes.COUNT,
        "codes_few": recovery_codes.count_left(account) < recovery_codes.FEW,
        "any": bool(factor_state.factor_kinds(account)),
        "texts": sms.is_sms_offered() or text is not None,
        "text": text,
        "phone": contact.masked_rescue_phone(account),
    }
