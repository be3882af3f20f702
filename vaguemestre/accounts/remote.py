"""Where a browser is, as nginx tells it: the product itself only ever hears nginx, on a socket."""

import ipaddress

from django.http import HttpRequest

from vaguemestre.accounts import devices
from vaguemestre.accounts.signin import Remote


def remote_of(request: HttpRequest) -> Remote:
    """nginx writes `X-Forwarded-For` anew, so that a visitor cannot choose it."""
    return Remote(
        address=_valid(request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR")),
        agent=request.headers.get("User-Agent", "")[:200],
        device_token=request.COOKIES.get(devices.COOKIE),
    )


def _valid(text: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address(text or ""))
    except ValueError:
        return None
