"""One logout notification, in the words of the application's protocol: an OpenID logout token, or CAS single logout."""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from vaguemestre.sso import signing_keys
from vaguemestre.sso.cas import responses
from vaguemestre.sso.logout import outbound_http
from vaguemestre.sso.models import ApplicationSession, Protocol
from vaguemestre.sso.subject_identifiers import subject_of

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LASTS = timedelta(minutes=2)  # OpenID Connect Back-Channel Logout 1.0, 4: short


@cache
def load_keys() -> None:
    """Keys and authorities are read when the process starts: left to the first notification, somebody waits for it."""
    with suppress(signing_keys.SigningKeyError):
        signing_keys.published_keys(timezone.now())
    outbound_http.trusted_authorities()


def send_logout(visit: ApplicationSession, *, now: datetime) -> None:
    """Raises UndeliveredError."""
    if visit.protocol == Protocol.CAS:
        request = responses.logout_request(visit.ticket, number=str(uuid4()), now=now)
        outbound_http.post_form(visit.service_ticket.service, {"logoutRequest": request}, redirected=True)
    else:
        outbound_http.post_form(
            visit.application.backchannel_logout_uri, {"logout_token": logout_token(visit, now=now)}
        )


def logout_token(visit: ApplicationSession, *, now: datetime) -> str:
    """No nonce: it must never pass for an ID token (2.4)."""
    claims = {
        "iss": settings.ORIGIN,
        "sub": subject_of(visit.account),
        "aud": visit.application.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LASTS).timestamp()),
        "jti": uuid4().hex,
        "sid": str(visit.sid),
        "events": {EVENT: {}},
    }
    return signing_keys.sign_claims(claims, now=now, kind="logout+jwt")
