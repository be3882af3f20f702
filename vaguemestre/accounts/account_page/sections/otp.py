"""One line of the sheet of signing in: the OTP key, and what to do about it."""

from datetime import datetime

from django.utils import timezone

from vaguemestre.accounts.otp import requests
from vaguemestre.accounts.otp.holder import key_in_use, key_set_aside, lost_key
from vaguemestre.accounts.request import StaffRequest


def context(request: StaffRequest, now: datetime) -> dict[str, object]:
    account = request.account
    return {
        "key": key_in_use(account),
        "set_aside": key_set_aside(account),
        "lost": lost_key(account),
        "asked": requests.open_request(account),
        "to_decide": len(requests.to_decide_by(account, today=timezone.localdate(now))),
    }
