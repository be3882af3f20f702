"""The provider says that a sign-in is over (OpenID Connect Back-Channel Logout 1.0): the sessions it opened end.

Its word comes a moment after; as it is the portal of this very house, the same transaction ends them already."""

from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.db.models import Q

from vaguemestre.career.models import CareerSession, LogoutToken
from vaguemestre.career.signin import provider
from vaguemestre.career.signin.provider import ProviderError
from vaguemestre.sso.models import ApplicationSession, Protocol

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST = 255
BATCH = 500
OLDEST = timedelta(minutes=10)
KEPT = timedelta(days=1)  # longer than a sign-in can be under way


class LogoutTokenError(ValueError):
    """This token ends nothing; why, in words for whoever sends it (section 2.6)."""


def obey(token: str, *, now: datetime) -> int:
    """Ends the sessions that the token names and says how many. Raises LogoutTokenError; ProviderError when the
    provider's keys cannot be had, so that it sends the token again."""
    claims = _claims(token, now)
    subject, sid = str(claims.get("sub", "")), str(claims.get("sid", ""))
    named = Q(sid=sid) if sid else Q()
    if subject:
        named &= Q(subject=subject)
    kept, fresh = LogoutToken.objects.get_or_create(
        jti=claims["jti"],
        defaults={
            "subject": subject, "sid": sid, "at": now,
            "expires_at": max(datetime.fromtimestamp(claims["exp"], UTC), now) + KEPT,
        },
    )  # fmt: skip
    # Written before the sessions are looked for: one that opens at this moment finds it (`sessions.open_session`).
    ended, _rows = CareerSession.objects.filter(named, created_at__lte=kept.at).delete()
    if not fresh:
        raise LogoutTokenError("jti was used before")
    return ended


def sessions_ended(hashes: list[str]) -> int:
    """A follower of the portal's sessions (`accounts.ports`). Nobody is told: the provider counts us."""
    for some in batched(hashes, BATCH, strict=False):
        sids = ApplicationSession.objects.filter(session__in=some, protocol=Protocol.OIDC).values_list("sid", flat=True)
        CareerSession.objects.filter(sid__in=[str(sid) for sid in sids]).delete()
    return 0


def _claims(token: str, now: datetime) -> dict[str, Any]:
    try:
        claims = provider.claims_of(token)
        provider.require_ours(claims, now.timestamp())
    except ProviderError as failed:
        if not failed.permanent:
            raise
        raise LogoutTokenError(str(failed)) from failed
    if not isinstance(claims.get("events"), dict) or not isinstance(claims["events"].get(EVENT), dict):
        raise LogoutTokenError("events does not say that it is a logout")
    if "nonce" in claims:
        raise LogoutTokenError("nonce is not allowed")
    if not _word(claims.get("sub")) and not _word(claims.get("sid")):
        raise LogoutTokenError("neither sub nor sid")
    if not _word(claims.get("jti")):
        raise LogoutTokenError("no jti")
    if claims["iat"] < (now - OLDEST).timestamp():
        raise LogoutTokenError("made too long ago")
    return claims


def _word(said: object) -> bool:
    return isinstance(said, str) and 0 < len(said) <= LONGEST
