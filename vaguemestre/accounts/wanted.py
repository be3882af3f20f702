"""The page that was wanted before a path began: kept by the browser, signed, and good for its own account only."""

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.next_page import wanted_page

COOKIE = "__Host-wanted"
_SALT = "vaguemestre.accounts.wanted"
_LASTS = 3600


def keep(request: HttpRequest, response: HttpResponseBase, account: Account) -> None:
    """Only a page of this site that is not the path itself."""
    page = wanted_page(request)
    if page and not page.startswith(reverse("accounts:first-signin")):
        value = signing.dumps(page, salt=_salt(account))
        response.set_cookie(COOKIE, value, max_age=_LASTS, secure=True, httponly=True, samesite="Lax", path="/")


def after(request: HttpRequest, account: Account) -> str:
    """Where to go at the end: what was kept, else the home page."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(account), max_age=_LASTS))
    except signing.BadSignature:
        return reverse("portal:home")


def forget(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")


def _salt(account: Account) -> str:
    """On a shared computer the next person's path does not end on this one's page."""
    return f"{_SALT}.{account.key}"
