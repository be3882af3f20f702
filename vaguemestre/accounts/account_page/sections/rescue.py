"""Where this person is reached when the mailbox is shut."""

from datetime import datetime

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import contact
from vaguemestre.courier import sms


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - the shape of every section
    account = request.account
    return {
        "email": contact.masked_rescue_email(account),
        "phone": contact.masked_rescue_phone(account),
        "confirmed_at": contact.contact_of(account).confirmed_at,
        "texts": sms.is_sms_offered(),
        "phone_confirmed": contact.confirmed_phone(account) is not None,
        "by_text": contact.prefers_text(account),
    }
