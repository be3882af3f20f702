"""A code sent to the telephone at somebody's second step, from the network where they stand."""

from datetime import datetime

from django.http import HttpRequest

from vaguemestre.accounts import codes, throttle
from vaguemestre.accounts.factors import standing, texted
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.remote import client_address
from vaguemestre.courier import texts


def send_text(request: HttpRequest, account: Account, now: datetime) -> str:
    """How it went, in a word for the page's address: `step-said.html` makes a sentence of it."""
    try:
        texted.send(account, throttle.network_of(client_address(request).address), now)
    except codes.TooSoon:
        return "attendre"
    except (texted.TooMany, texts.NoneLeft, texts.CannotReach):
        return "pas-parti"
    return "parti"


def send_text_if_alone(request: HttpRequest, account: Account, now: datetime) -> None:
    """Whoever has nothing else need not ask for it."""
    if standing.text_alone(account):
        send_text(request, account, now)
