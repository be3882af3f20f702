"""Browsers that have signed in before, known by a cookie of their own. Never set on a shared computer."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseBase

from vaguemestre.accounts.models import Account, KnownDevice, SignIn

COOKIE = "__Host-device"
KEPT = timedelta(days=180)


def known_device(token: str | None, account: Account | None) -> str | None:
    """The device's hash when the browser that sent this token is known for this account; no query without a token.
    Asked for nobody too: anybody can send one."""
    if not token:
        return None
    token_hash = _hash(token)
    known_here = KnownDevice.objects.filter(account_id=account.key if account else "", token_hash=token_hash)
    return token_hash if known_here.exists() else None


def remember_device(request: HttpRequest, response: HttpResponseBase, account: Account, *, now: datetime) -> None:
    """After a good sign-in. A browser may be known for several colleagues: its token stays the same."""
    token = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(32)
    mine = KnownDevice(account=account, token_hash=_hash(token), seen_at=now)
    came_before = KnownDevice.objects.filter(account=account, token_hash=mine.token_hash)
    if not (COOKIE in request.COOKIES and came_before.update(seen_at=now)):
        KnownDevice.objects.bulk_create([mine], ignore_conflicts=True)
    response.set_cookie(COOKIE, token, max_age=KEPT, secure=True, httponly=True, samesite="Lax", path="/")


def is_new_device(account: Account, token: str | None, *, network: str, agent: str, now: datetime) -> bool:
    """Neither this browser nor its like on this network has signed in to this account. The very first is not news."""
    if known_device(token, account):
        return False
    before = SignIn.objects.filter(account=account, channel=SignIn.Channel.WEB, result=SignIn.Result.GOOD, at__lt=now)
    pairs = set(before.values_list("network", "agent").distinct()[:200])
    return bool(pairs) and (network, agent) not in pairs


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
