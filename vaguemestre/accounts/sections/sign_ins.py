"""The last sign-ins, on the portal and in mail programs, and a word when one of them may be somebody else's."""

from datetime import datetime

from vaguemestre.accounts import sign_in_words
from vaguemestre.accounts.request import StaffRequest

SHOWN = 6


def context(request: StaffRequest, now: datetime) -> dict[str, object]:
    last = request.account.sign_ins.order_by("-at", "-id")[:SHOWN]
    tried = sign_in_words.warning(request.account, now=now)
    return {
        "lines": [sign_in_words.line(sign_in) for sign_in in last],
        "tried": tried,
        "what": sign_in_words.what_was_tried(tried) if tried else "",
    }
