"""Codes, access tokens, refresh tokens: made, found by their hash, ended by family."""

import hashlib
import uuid
from datetime import datetime, timedelta

from vaguemestre.sso.models import AccessToken, Code, RefreshToken, Visit

CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(minutes=10)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def code_shown(code: str) -> Code | None:
    """Inside a transaction: its row waits for whoever is using it."""
    shown = Code.objects.select_for_update(of=("self",)).select_related("visit__application", "visit__account__subject")
    return shown.filter(pk=digest(code)).first()


def refresh_shown(token: str) -> RefreshToken | None:
    """The same."""
    shown = RefreshToken.objects.select_for_update(of=("self",))
    return shown.select_related("visit__application", "visit__account__subject").filter(pk=digest(token)).first()


def access_shown(token: str, *, now: datetime) -> AccessToken | None:
    shown = AccessToken.objects.select_related("visit__application", "visit__account__subject")
    return shown.filter(pk=digest(token), expires_at__gt=now).first()


def give_access(token: str, visit: Visit, family: uuid.UUID, scope: str, *, now: datetime) -> None:
    AccessToken.objects.create(
        digest=digest(token), visit=visit, family=family, scope=scope, expires_at=now + ACCESS_LIFE
    )


def give_refresh(token: str, visit: Visit, family: uuid.UUID, scope: str, *, now: datetime) -> None:
    RefreshToken.objects.create(digest=digest(token), visit=visit, family=family, scope=scope, made_at=now)


def end_family(family: uuid.UUID, *, now: datetime) -> None:
    """Everything that came of one authorisation."""
    AccessToken.objects.filter(family=family).delete()
    RefreshToken.objects.filter(family=family, revoked_at=None).update(revoked_at=now)


def end_visit(visit: Visit, *, now: datetime) -> None:
    """Everything that was given for one visit, codes that wait included."""
    AccessToken.objects.filter(visit=visit).delete()
    Code.objects.filter(visit=visit, used_at=None).update(used_at=now)
    RefreshToken.objects.filter(visit=visit, revoked_at=None).update(revoked_at=now)
