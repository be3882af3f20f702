"""The last sign-ins, on the portal and in mail programs, and a word when one of them may be somebody else's."""

from datetime import datetime

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.signin import attempt_log_text

SHOWN = 6


def context(request: StaffRequest, now: datetime) -> dict[str, object]:
    last = request.account.sign_ins.order_by("-at", "-id")[:SHOWN]
    tried = attempt_log_text.find_suspicious(request.account, now=now)
    return {
        "lines": [attempt_log_text.attempt_line(sign_in) for sign_in in last],
        "tried": tried,
        "what": attempt_log_text.attempt_text(tried) if tried else "",
    }
