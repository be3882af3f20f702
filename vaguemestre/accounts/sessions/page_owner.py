"""Whose pages a browser shows, also once their session has ended. It opens nothing and proves nothing."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from vaguemestre.accounts.identity.access import account_of_key
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.secret_sealing import Purpose, SealError, seal, unseal
from vaguemestre.web.htmx import WHOSE

COOKIE = "__Host-owner"


def remember_owner(response: HttpResponseBase, account: Account) -> None:
    """Until the browser closes."""
    sealed = seal(account.key.encode(), Purpose.OWNER)
    response.set_cookie(COOKIE, sealed, secure=True, httponly=True, samesite="Lax", path="/")


def last_account(request: HttpRequest) -> Account | None:
    key = last_key(request)
    return account_of_key(key) if key else None


def last_key(request: HttpRequest) -> str:
    """The same, without asking whether there is such an account; empty for nobody."""
    try:
        return unseal(request.COOKIES.get(COOKIE, ""), Purpose.OWNER).decode()
    except SealError:
        return ""


def owner_mark(account: Account) -> str:
    """What a page carries to say whose it is; it names nobody."""
    return salted_hmac("vaguemestre.page", account.key, algorithm="sha256").hexdigest()[:24]


def names_owner(request: HttpRequest) -> bool:
    return WHOSE in request.headers


def is_owner(request: HttpRequest, account: Account) -> bool:
    return constant_time_compare(request.headers.get(WHOSE, ""), owner_mark(account))
