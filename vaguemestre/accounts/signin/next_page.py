"""The page that was wanted before a sign-in: checked to be one of this site, and kept by the browser while the path of
the first sign-in lasts, signed, for its own account only."""

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from vaguemestre.accounts.models import Account

COOKIE = "__Host-wanted"
LONGEST = 2000
_SALT = "vaguemestre.accounts.wanted"  # of what browsers hold: never renamed
_LASTS = 3600


def wanted_page(request: HttpRequest) -> str:
    """What `next` asks for when it stays on this site, whatever the trick; else an empty string."""
    return on_this_site(request.POST.get("next") or request.GET.get("next") or "")


def on_this_site(wanted: str) -> str:
    """The same address when it is one of ours, else an empty string."""
    ours = wanted.startswith("/") and len(wanted) <= LONGEST
    safe = ours and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True)
    return wanted if safe else ""


def after_signin(request: HttpRequest) -> str:
    return wanted_page(request) or reverse("portal:home")


def keep_wanted_page(request: HttpRequest, response: HttpResponseBase, account: Account) -> None:
    """Only a page of this site that is not the path itself."""
    page = wanted_page(request)
    if page and not page.startswith(reverse("accounts:first-signin")):
        value = signing.dumps(page, salt=_salt(account))
        response.set_cookie(COOKIE, value, max_age=_LASTS, secure=True, httponly=True, samesite="Lax", path="/")


def kept_page(request: HttpRequest, account: Account) -> str:
    """Where to go at the end: what was kept, else the home page."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(account), max_age=_LASTS))
    except signing.BadSignature:
        return reverse("portal:home")


def forget_wanted_page(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")


def _salt(account: Account) -> str:
    """On a shared computer the next person's path does not end on this one's page."""
    return f"{_SALT}.{account.key}"
