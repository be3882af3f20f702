"""The number of a rescue contact as a form brings it: confirmed by a code where a text message reaches it."""

from datetime import datetime

from django.utils.translation import gettext as _

from vaguemestre.accounts.attempts.network_limit import within_limit
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import confirmation_codes, contact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.courier import sms

A_NETWORK_AN_HOUR = 60


class PhoneError(Exception):
    """No code leaves for this number now; the words say why, and what to do."""


def keep_phone(request: StaffRequest, phone: str, now: datetime) -> bool:
    """True when a code left for it. Call it in the form's transaction. Raises PhoneError."""
    if not sms.is_reachable(phone):
        contact_change.keep_phone(request.account, phone, now=now)
        return False
    if phone == contact.confirmed_phone(request.account):
        return False
    send_code(request, phone, now)
    return True


def send_code(request: StaffRequest, phone: str, now: datetime) -> None:
    """Raises PhoneError."""
    if not within_limit(request, "text-phone", A_NETWORK_AN_HOUR, confirmation_codes.AN_HOUR):
        raise PhoneError(_("Many codes have left from here. Start again in an hour."))
    try:
        contact_change.propose_phone(request.account, phone, now=now)
    except confirmation_codes.TooSoonError as too_soon:
        raise PhoneError(too_soon_text(too_soon)) from None
    except (sms.NoMessagesLeftError, sms.UnreachableNumberError):
        raise PhoneError(
            _("No text message can leave today any more. Start again tomorrow; a private address can be given now.")
        ) from None


def too_soon_text(error: confirmation_codes.TooSoonError) -> str:
    return _("A code has just left. Another one can leave in %(wait)s.") % {"wait": wait_text(error.wait)}
