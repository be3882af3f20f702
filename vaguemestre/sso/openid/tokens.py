"""Codes, access tokens, refresh tokens: made, found by their hash, ended by family."""

import hashlib
import uuid
from datetime import datetime, timedelta

from vaguemestre.audit import journal
from vaguemestre.sso.models import AccessToken, ApplicationSession, Code, RefreshToken
from vaguemestre.web.compiled_query import CompiledQuery

CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(minutes=10)


_OF_WHOM = ("visit__application", "visit__account__subject")
_CODE = CompiledQuery(
    lambda digest: Code.objects.select_for_update(of=("self",)).select_related(*_OF_WHOM).filter(pk=digest)
)
_REFRESH = CompiledQuery(
    lambda digest: RefreshToken.objects.select_for_update(of=("self",)).select_related(*_OF_WHOM).filter(pk=digest)
)
_ACCESS = CompiledQuery(lambda digest: AccessToken.objects.select_related(*_OF_WHOM).filter(pk=digest))


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def code_shown(code: str) -> Code | None:
    """Inside a transaction: its row waits for whoever is using it."""
    return _CODE.first(token_digest(code))


def refresh_shown(token: str) -> RefreshToken | None:
    return _REFRESH.first(token_digest(token))


def access_shown(token: str, *, now: datetime) -> AccessToken | None:
    shown = _ACCESS.first(token_digest(token))
    return shown if shown and shown.expires_at > now else None


def give_access(token: str, visit: ApplicationSession, family: uuid.UUID, scope: str, *, now: datetime) -> None:
    AccessToken.objects.create(
        digest=token_digest(token), visit=visit, family=family, scope=scope, expires_at=now + ACCESS_LIFE
    )


def give_refresh(token: str, visit: ApplicationSession, family: uuid.UUID, scope: str, *, now: datetime) -> None:
    RefreshToken.objects.create(digest=token_digest(token), visit=visit, family=family, scope=scope, made_at=now)


def end_family(family: uuid.UUID, *, now: datetime) -> None:
    """Everything that came of one authorisation."""
    AccessToken.objects.filter(family=family).delete()
    RefreshToken.objects.filter(family=family, revoked_at=None).update(revoked_at=now)


def end_stolen(shown: Code | RefreshToken, *, now: datetime) -> None:
    """What works once was shown twice: two hold it, and one of them has no right to."""
    visit = shown.visit
    end_family(shown.family, now=now)
    journal.record("system", "sso.shown-twice", visit.account_id, application=visit.application.slug)


def end_visit(visit: ApplicationSession, *, now: datetime) -> None:
    """Everything that was given for one visit, codes that wait included."""
    AccessToken.objects.filter(visit=visit).delete()
    Code.objects.filter(visit=visit, used_at=None).update(used_at=now)
    RefreshToken.objects.filter(visit=visit, revoked_at=None).update(revoked_at=now)
