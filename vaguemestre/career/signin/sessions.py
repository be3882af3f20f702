"""Browsers signed in to I-Prof: their own cookie, for their own path, and their own table."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseBase

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions import expiry_warning, page_owner
from vaguemestre.accounts.sessions.expiry_warning import TimeLeft
from vaguemestre.accounts.sessions.sessions import BACKGROUND
from vaguemestre.career.models import CareerSession, LogoutToken
from vaguemestre.web.compiled_query import CompiledQuery

COOKIE = "__Secure-iprof"
PATH = "/iprof/"
WRITE_EVERY = timedelta(minutes=1)


def open_session(account: Account, *, subject: str, sid: str, now: datetime, id_token: str = "") -> str | None:
    """Answers the token, which exists nowhere else than in the cookie. None when the provider has already said that
    this sign-in is over: its word overtook the browser."""
    token = secrets.token_urlsafe(32)
    session = CareerSession.objects.create(
        token_hash=_hash(token), account=account, subject=subject, sid=sid, id_token=id_token, created_at=now,
        last_used_at=now, expires_at=now + timedelta(hours=academy().sessions.absolute_hours),
    )  # fmt: skip
    # After it is written: the provider's word is written first and acts then, so one of the two meets the other.
    if sid and LogoutToken.objects.filter(sid=sid).exists():
        end(session)
        return None
    return token


_BY_TOKEN = CompiledQuery(
    lambda token_hash: CareerSession.objects.select_related("account__person").filter(token_hash=token_hash)[:1]
)


def session_of(request: HttpRequest, *, now: datetime) -> CareerSession | None:
    """One query when there is a cookie; a second, at most once a minute, to write that the session is in use.

    Whatever the portal's own cookie says counts for nothing."""
    token = request.COOKIES.get(COOKIE)
    session = _BY_TOKEN.first(_hash(token)) if token else None
    if session is None or session.expires_at <= now or session.account.refusal(today(now)):
        return None
    if session.last_used_at + _idle_limit() <= now:
        return None
    if BACKGROUND not in request.headers and now - session.last_used_at >= WRITE_EVERY:
        session.last_used_at = now
        CareerSession.objects.filter(pk=session.pk).update(last_used_at=now)
    return session


def time_left_of(session: CareerSession, *, now: datetime) -> TimeLeft:
    return _time_left(session, session.last_used_at, now)


def time_left_of_page(session: CareerSession, *, now: datetime) -> TimeLeft:
    return expiry_warning.render_time_left(_time_left(session, now - WRITE_EVERY, now))


def end(session: CareerSession) -> None:
    CareerSession.objects.filter(pk=session.pk).delete()


def set_cookie(response: HttpResponseBase, token: str) -> None:
    """No end of its own: the table decides. `Lax`, because one comes back to it from the provider's pages."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Lax", path=PATH)


def forget_cookie(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path=PATH)


def _time_left(session: CareerSession, used_at: datetime, now: datetime) -> TimeLeft:
    left = expiry_warning.time_left_until(used_at, session.expires_at, limit=_idle_limit(), now=now)
    whose = page_owner.owner_mark(session.account)
    return replace(left, stays="career:staying", leaves="career:signout", in_place=False, whose=whose)


def _idle_limit() -> timedelta:
    return timedelta(minutes=academy().sessions.idle_minutes)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
