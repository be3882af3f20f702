"""A code sent to the phone at somebody's second step, from the network where they stand."""

from datetime import datetime

from django.http import HttpRequest

from vaguemestre.accounts.attempts import throttle
from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.factors import factor_state, sms_codes
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.courier import sms


def send_text(request: HttpRequest, account: Account, now: datetime) -> str:
    """How it went, in a word for the page's address: `step_message.html` makes a sentence of it."""
    try:
        sms_codes.send_code(account, throttle.network_of(client_address(request).address), now)
    except confirmation_codes.TooSoonError:
        return "attendre"
    except (sms_codes.TooManyTextsError, sms.NoMessagesLeftError, sms.UnreachableNumberError):
        return "pas-parti"
    return "parti"


def send_text_if_alone(request: HttpRequest, account: Account, now: datetime) -> None:
    """Whoever has nothing else need not ask for it."""
    if factor_state.has_text_alone(account):
        send_text(request, account, now)
