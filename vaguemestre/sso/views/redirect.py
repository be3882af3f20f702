"""Where a browser is sent on: only to addresses that were compared, letter by letter, with those of the registry."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def go(request: HttpRequest, address: str) -> HttpResponse:
    """After a form of ours (signing in, consenting) a redirect to another site would be held up by that form's policy
    (`form-action`): a page goes there by itself instead."""
    elsewhere = not address.startswith((f"{settings.ORIGIN}/", "/"))
    if elsewhere and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return render(request, "sso/passage.html", {"address": address, "where": host(address)})
    return HttpResponse(status=302, headers={"Location": address})


def host(address: str) -> str:
    """For people to read."""
    return urlsplit(address).netloc
