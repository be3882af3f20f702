"""The reset link in the browser: put away in a cookie at once, so that no address, no log and no page repeats it."""

import re

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from vaguemestre.accounts.lost_password import reset_links

COOKIE = "__Host-lien"
_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)


def keep_link(token: str) -> HttpResponse:
    """To the form, with the token in a cookie."""
    response = HttpResponseRedirect(reverse("accounts:new-password"))
    if _TOKEN.fullmatch(token):
        response.set_cookie(
            COOKIE, token, max_age=reset_links.LASTS, secure=True, httponly=True, samesite="Lax", path="/"
        )
    else:
        forget_link(response)
    response.headers["Referrer-Policy"] = "no-referrer"
    return unkept_response(response)


def forget_link(response: HttpResponse) -> HttpResponse:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def unkept_response(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
