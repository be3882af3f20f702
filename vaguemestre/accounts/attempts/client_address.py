"""Where a browser is, as nginx tells it: the product itself only ever hears nginx, on a socket."""

import ipaddress
from dataclasses import dataclass

from django.http import HttpRequest

from vaguemestre.accounts.attempts import known_devices


@dataclass(frozen=True)
class ClientAddress:
    """Where an attempt comes from. `device_token` is the known-browser cookie, if one came."""

    address: str | None
    agent: str = ""
    device_token: str | None = None


def client_address(request: HttpRequest) -> ClientAddress:
    """nginx writes `X-Forwarded-For` again, so that a visitor cannot choose it."""
    return ClientAddress(
        address=_valid(request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR")),
        agent=request.headers.get("User-Agent", "")[:200],
        device_token=request.COOKIES.get(known_devices.COOKIE),
    )


def _valid(text: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address(text or ""))
    except ValueError:
        return None
