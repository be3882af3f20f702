"""What the webmail shows instead of a password: a signed word that lives two minutes."""

from datetime import datetime, timedelta
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.signing import TimestampSigner
from django.http.response import HttpResponseBase

KEY_ID = "1"
LIFE = timedelta(seconds=120)
EVENTS_SALT = "vaguemestre.events"
EVENTS_COOKIE = "__Secure-events"
EVENTS_PATH = "/evenements/"


class MailKeyUnusable(Exception):
    """The secret `mail-token.1.pem` is absent or is not an ES256 key."""


def mail_token(account_key: str, *, now: datetime) -> str:
    """For Dovecot and Postfix (OAUTHBEARER). The subject is the account's key, which is the IMAP user."""
    claims = {
        "sub": account_key,
        "iss": settings.ORIGIN,
        "aud": "dovecot",
        "scope": "mail",
        "exp": now + LIFE,
    }
    return jwt.encode(claims, _key(), algorithm="ES256", headers={"kid": KEY_ID})


def event_ticket(account_key: str) -> str:
    """Opens the stream of new-mail events. The events process unsigns it with `EVENTS_SALT` and limits its age."""
    return TimestampSigner(salt=EVENTS_SALT).sign(account_key)


def let_listen(response: HttpResponseBase, account_key: str) -> None:
    """The ticket as a cookie that only the event stream's address gets: never in a URL, never readable by a script.

    The browser forgets it when it closes; `events` refuses it after the longest session.
    """
    response.set_cookie(
        EVENTS_COOKIE, event_ticket(account_key), path=EVENTS_PATH, secure=True, httponly=True, samesite="Strict"
    )


def stop_listening(response: HttpResponseBase) -> None:
    """At sign-out: whoever uses this browser next hears nothing of it."""
    response.delete_cookie(EVENTS_COOKIE, path=EVENTS_PATH, samesite="Strict")


@lru_cache(maxsize=1)
def _key() -> EllipticCurvePrivateKey:
    if settings.SECRETS_DIR is None:
        raise MailKeyUnusable("no data folder: VAGUEMESTRE_DATA is not set")
    path = settings.SECRETS_DIR / f"mail-token.{KEY_ID}.pem"
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise MailKeyUnusable(f"{path}: {error}") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise MailKeyUnusable(f"{path}: not an elliptic-curve key")
    return key
