"""How often people of one network may ask, whoever they are: a network is a home, or a school with its staff room."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.attempts.throttle import network_of

TEN_MINUTES, AN_HOUR = timedelta(minutes=10), timedelta(hours=1)
ASKED_AN_HOUR = 40


def within_limit(request: HttpRequest, purpose: str, limit: int, per: timedelta) -> bool:
    network = network_of(client_address(request).address)
    return rate_limit.take_one(purpose, network, limit=limit, per=per, now=timezone.now())
