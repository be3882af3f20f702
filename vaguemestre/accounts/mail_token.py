"""What the webmail shows instead of a password: a signed word that lives two minutes."""

from datetime import datetime, timedelta
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

KEY_ID = "1"
LIFE = timedelta(seconds=120)


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
