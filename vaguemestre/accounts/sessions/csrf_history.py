"""Anti-forgery words that pages of this browser bear since before somebody signed in again, and whose pages those are.

A word that is known here was given to an open page of ours: what comes with it is no stranger's, only late.
"""

import re

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CSRF_TOKEN_LENGTH, _unmask_cipher_token  # type: ignore[attr-defined]  # no stub
from django.utils.crypto import constant_time_compare, salted_hmac

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions import page_owner

COOKIE = "__Host-former"
MOST = 4  # sign-ins ago
_MARK = re.compile("[0-9a-f]{32}")


def remember_token(request: HttpRequest, response: HttpResponseBase) -> None:
    """Before the word changes. Until the browser closes, as their pages."""
    owner, secret = page_owner.last_key(request), request.META.get("CSRF_COOKIE")
    if not owner or not secret:
        return
    marks = [_mark(secret, owner), *_known(request)][:MOST]
    response.set_cookie(COOKIE, ".".join(marks), secure=True, httponly=True, samesite="Lax", path="/")


def has_former_token(request: HttpRequest, account: Account) -> bool:
    """Whether this comes from a page of theirs that was opened before they signed in again."""
    token = request.POST.get("csrfmiddlewaretoken") or request.headers.get("X-CSRFToken") or ""
    if len(token) != CSRF_TOKEN_LENGTH or not token.isascii() or not token.isalnum():
        return False
    mark = _mark(_unmask_cipher_token(token), account.key)
    return any(constant_time_compare(mark, known) for known in _known(request))


def _known(request: HttpRequest) -> list[str]:
    return [mark for mark in request.COOKIES.get(COOKIE, "").split(".") if _MARK.fullmatch(mark)][:MOST]


def _mark(secret: str, key: str) -> str:
    """Gives away neither."""
    return salted_hmac("vaguemestre.former", f"{secret} {key}", algorithm="sha256").hexdigest()[:32]
