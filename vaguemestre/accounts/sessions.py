"""Signed-in browsers: opened at sign-in, found again by the cookie's token, ended by idleness, a day, or the person."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.http import HttpRequest, HttpResponseBase

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.dates import today
from vaguemestre.accounts.models import Account, Session

COOKIE = "__Host-session"
BACKGROUND = "X-Background-Refresh"  # what the browser asks by itself: it never keeps a session alive
WRITE_EVERY = timedelta(minutes=1)


class End(Enum):
    """Why a cookie no longer opens anything."""

    IDLE = "idle"
    OVER = "over"


@dataclass(frozen=True)
class Visit:
    """What the cookie of one request says."""

    session: Session | None = None
    ended: End | None = None  # a cookie came, and its session is no more
    idle_limit: timedelta | None = None  # what was passed, when it ended by idleness


def open_session(account: Account, *, shared_computer: bool, address: str | None, agent: str, now: datetime) -> str:
    """Answers the token, which exists nowhere else than in the cookie."""
    token = secrets.token_urlsafe(32)
    Session.objects.create(
        token_hash=_hash(token), account=account, created_at=now, last_used_at=now,
        expires_at=now + timedelta(hours=academy().sessions.absolute_hours),
        shared_computer=shared_computer, address=address, agent=agent[:200],
    )  # fmt: skip
    return token


def visit(request: HttpRequest, *, now: datetime) -> Visit:
    """One query when there is a cookie; a second, at most once a minute, to write that the session is in use."""
    token = request.COOKIES.get(COOKIE)
    if not token:
        return Visit()
    session = Session.objects.select_related("account__person").filter(token_hash=_hash(token)).first()
    if session is None or session.expires_at <= now or session.account.refusal(today(now)):
        return Visit(ended=End.OVER)
    if session.last_used_at + idle_limit(session) <= now:
        return Visit(ended=End.IDLE, idle_limit=idle_limit(session))
    if BACKGROUND not in request.headers and now - session.last_used_at >= WRITE_EVERY:
        session.last_used_at = now
        Session.objects.filter(pk=session.pk).update(last_used_at=now)
    return Visit(session)


def idle_limit(session: Session) -> timedelta:
    limits = academy().sessions
    minutes = limits.shared_computer_idle_minutes if session.shared_computer else limits.idle_minutes
    return timedelta(minutes=minutes)


def end_session(session: Session) -> None:
    Session.objects.filter(pk=session.pk).delete()


def end_sessions(account: Account, *, but: Session | None = None) -> int:
    """Everywhere, or everywhere else than here."""
    ended, _ = account.sessions.exclude(pk=but.pk if but else "").delete()
    return ended


def set_cookie(response: HttpResponseBase, token: str) -> None:
    """No end of its own: the table decides, and a browser that closes forgets it."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")


def forget_cookie(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
