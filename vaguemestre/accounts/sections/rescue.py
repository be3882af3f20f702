"""Where this person is reached when the mailbox is shut."""

from datetime import datetime

from vaguemestre.accounts import rescue
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.courier import texts


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - the shape of every section
    account = request.account
    return {
        "email": rescue.masked_email(account),
        "phone": rescue.masked_phone(account),
        "confirmed_at": rescue.contact_of(account).confirmed_at,
        "texts": texts.offered(),
        "phone_confirmed": rescue.confirmed_phone(account) is not None,
        "by_text": rescue.prefers_text(account),
    }
