"""Signed-in browsers: opened at sign-in, found again by the cookie's token, ended by idleness, a day, or the person."""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import event_streams, session_listeners
from vaguemestre.accounts.sessions.reset_pending import has_no_password
from vaguemestre.audit import journal
from vaguemestre.web.compiled_query import CompiledQuery

COOKIE = "__Host-session"
BACKGROUND = "X-Background-Refresh"  # what the browser asks by itself: it never keeps a session alive
WRITE_EVERY = timedelta(minutes=1)


class End(Enum):
    """Why a cookie no longer opens anything."""

    IDLE = "idle"
    OVER = "over"


@dataclass(frozen=True)
class SessionVisit:
    session: Session | None = None
    ended: End | None = None  # a cookie came, and its session is no more
    idle_limit: timedelta | None = None  # what was passed, when it ended by idleness
    seen_at: datetime | None = None  # when the session was found to be alive


class SessionEnd(NamedTuple):
    sessions: int
    told: int  # applications


def open_session(
    account: Account, *, shared_computer: bool, address: str | None, agent: str, now: datetime, strong: bool = False,
    by_text: bool = False,
) -> str | None:  # fmt: skip
    """Answers the token, which exists nowhere else than in the cookie.

    None when there is no password, or when it was replaced, a factor added or the account locked since it was read:
    whoever did that has ended the sessions there were, and this one must not come after.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        if not _unchanged(account):
            return None
        Session.objects.create(
            token_hash=_hash(token), account=account, created_at=now, last_used_at=now, proved_at=now, strong=strong,
            by_text=by_text,
            expires_at=now + timedelta(hours=academy().sessions.absolute_hours),
            shared_computer=shared_computer, address=address, agent=agent[:200],
            factor_due=(by_text or not strong) and factor_state.is_factor_missing(account, today(now)),
        )  # fmt: skip
    return token


BY_TOKEN_HASH = CompiledQuery(
    lambda token_hash: Session.objects.select_related("account__person").filter(token_hash=token_hash)[:1]
)


def visit_session(request: HttpRequest, *, now: datetime) -> SessionVisit:
    """One query when there is a cookie; a second, at most once a minute, to write that the session is in use."""
    token = request.COOKIES.get(COOKIE)
    if not token:
        return SessionVisit()
    session = BY_TOKEN_HASH.first(_hash(token))
    if session is None or session.expires_at <= now or session.account.portal_refusal(today(now)):
        return SessionVisit(ended=End.OVER)
    if session.last_used_at + idle_limit(session) <= now:
        return SessionVisit(ended=End.IDLE, idle_limit=idle_limit(session))
    if BACKGROUND not in request.headers and now - session.last_used_at >= WRITE_EVERY:
        session.last_used_at = now
        Session.objects.filter(pk=session.pk).update(last_used_at=now)
    return SessionVisit(session, seen_at=now)


def idle_limit(session: Session) -> timedelta:
    limits = academy().sessions
    minutes = limits.shared_computer_idle_minutes if session.shared_computer else limits.idle_minutes
    return timedelta(minutes=minutes)


def is_freshly_proved(session: Session, *, now: datetime) -> bool:
    """Its owner has proved who they are a short while ago, with everything that the account asks for today."""
    if session.account.second_factor and not session.strong:
        return False
    return session.proved_at + timedelta(minutes=academy().sessions.proof_minutes) > now


def note_proof(session: Session, *, strong: bool, now: datetime) -> None:
    """Signed in again, in the same session. What was strong once stays so; what stood on a text message stands better
    after something stronger."""
    session.proved_at, session.strong = now, session.strong or strong
    session.by_text = session.by_text and not strong
    session.save(update_fields=["proved_at", "strong", "by_text"])


def note_proof_by_text(session: Session, *, now: datetime) -> None:
    """Its owner has just asked for codes by text message, after a fresh proof."""
    session.proved_at, session.strong, session.by_text = now, True, True
    session.save(update_fields=["proved_at", "strong", "by_text"])


def end_session(session: Session) -> int:
    """How many applications that it opened are being told."""
    return _end(Session.objects.filter(pk=session.pk), [session.account_id], only=session_mark(session)).told


def end_sessions(account: Account, *, but: Session | None = None) -> int:
    """Everywhere, or everywhere else than here. How many there were."""
    there = account.sessions.exclude(pk=but.pk if but else "")
    return _end(there, [account.key], but=session_mark(but) if but else "").sessions


def end_all_sessions(accounts: "Iterable[Account]") -> None:
    """Of many accounts at once, inside the act's transaction."""
    keys = [account.key for account in accounts]
    _end(Session.objects.filter(account__in=keys), keys)


def forget_expired(before: datetime) -> None:
    """Their owners have been told why they ended, or have not come to hear it."""
    _end(Session.objects.filter(expires_at__lt=before), [])


def _end(there: "QuerySet[Session]", keys: list[str], *, only: str = "", but: str = "") -> SessionEnd:
    """The one place where rows of sessions go: the event process is told, and whoever follows them elsewhere."""
    with transaction.atomic():
        hashes = list(there.values_list("pk", flat=True))
        there.delete()
        event_streams.end_streams(keys, only=only, but=but)
        return SessionEnd(len(hashes), session_listeners.tell_listeners(hashes))


def living_sessions(account: Account, *, now: datetime) -> list[Session]:
    opened = account.sessions.filter(expires_at__gt=now)
    return [session for session in opened if session.last_used_at + idle_limit(session) > now]


def sessions_in_use(*, now: datetime) -> QuerySet[Session]:
    """Of everybody: neither over nor idle. Each session by its own limit, as in `idle_limit`."""
    limits = academy().sessions
    since, since_shared = (
        now - timedelta(minutes=minutes) for minutes in (limits.idle_minutes, limits.shared_computer_idle_minutes)
    )
    used = Q(shared_computer=False, last_used_at__gt=since) | Q(shared_computer=True, last_used_at__gt=since_shared)
    return Session.objects.filter(used, expires_at__gt=now)


def weak_sessions(hashes: Iterable[str]) -> frozenset[str]:
    """Those of them that no two factors have opened, as a role or an application may ask; also those that are gone."""
    asked = set(hashes)
    strong = Session.objects.filter(pk__in=asked, strong=True, by_text=False).values_list("pk", flat=True)
    return frozenset(asked.difference(strong))


def call_for_factor(owing: Collection[Session]) -> None:
    """They stay open and owe it from their next request on. What they have opened elsewhere ends now, as it would with
    them: the applications are told, their pages hear of no new mail."""
    with transaction.atomic():
        Session.objects.filter(pk__in=[one.pk for one in owing]).update(factor_due=True)
        for one in owing:
            event_streams.end_streams([one.account_id], only=session_mark(one))
        journal.record_many("system", "session.factor-due", sorted({one.account_id for one in owing}))
        session_listeners.tell_listeners([one.pk for one in owing])


def drop_factor_requirement(session: Session) -> None:
    """The role that asked for it has ended meanwhile."""
    session.factor_due = False
    session.save(update_fields=["factor_due"])


def session_mark(session: Session) -> str:
    """Names one of a person's own sessions in an address; from it nobody finds the token."""
    return salted_hmac("vaguemestre.session", session.pk, algorithm="sha256").hexdigest()[:16]


def session_of_cookie(request: HttpRequest) -> Session | None:
    """Also one that has ended by idleness or by its day, as long as its row is there."""
    token = request.COOKIES.get(COOKIE)
    return BY_TOKEN_HASH.first(_hash(token)) if token else None


def end_cookie_session(request: HttpRequest) -> None:
    """Whatever the browser held before, alive or idle."""
    if session := session_of_cookie(request):
        end_session(session)


def close_session(session: Session, *, by: str) -> None:
    with transaction.atomic():
        end_session(session)
        journal.record(by, "session.closed", session.account_id)


def close_other_sessions(account: Account, *, but: Session) -> None:
    with transaction.atomic():
        count = end_sessions(account, but=but)
        account.half_sign_ins.all().delete()
        journal.record(account.key, "sessions.closed", account.key, count=count)


def set_cookie(response: HttpResponseBase, token: str) -> None:
    """No end of its own: the table decides, and a browser that closes forgets it."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/")


def forget_cookie(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")


def _unchanged(account: Account) -> bool:
    """Its row waits for whoever is changing it at this moment, and then makes the next one wait."""
    same = Account.objects.select_for_update().filter(
        pk=account.pk, password=account.password, method=account.method, second_factor=account.second_factor,
        locked_at=account.locked_at,
    )  # fmt: skip
    return not has_no_password(account) and same.values_list("pk", flat=True).first() is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
