"""Where this person is reached when the mailbox is shut."""

from datetime import datetime

from vaguemestre.accounts import rescue
from vaguemestre.accounts.request import StaffRequest


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - the shape of every section
    account = request.account
    return {
        "email": rescue.masked_email(account),
        "phone": rescue.masked_phone(account),
        "confirmed_at": rescue.contact_of(account).confirmed_at,
    }
