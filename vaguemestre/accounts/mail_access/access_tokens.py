"""What is shown to the mail servers instead of a password: the webmail's signed word, which lives two minutes, and that
of a program that was let in on the portal."""

import uuid
from datetime import datetime, timedelta
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from vaguemestre.accounts.models import AppPassword

KEY_ID = "1"
LIFE = timedelta(seconds=120)
WEBMAIL = "webmail"  # in the place of a program's number
PROGRAM_LIFE = timedelta(hours=1)  # of no harm: the servers ask at each sign-in whether the program is still let in


class MailKeyError(Exception):
    """The secret `mail-token.1.pem` is absent or is not an ES256 key."""


def mail_token(account_key: str, *, now: datetime) -> str:
    """For Dovecot and Postfix (OAUTHBEARER). The subject is the account's key, which is the IMAP user."""
    claims: dict[str, object] = {
        "sub": account_key,
        "iss": settings.ORIGIN,
        "aud": "dovecot",
        "scope": "mail",
        "app": WEBMAIL,
        "exp": now + LIFE,
    }
    return _signed(claims)


def program_token(program: AppPassword, subject: str, client_id: str, *, now: datetime) -> str:
    """The account's key is not in it: `app` says which program, and the servers know whose that is."""
    claims: dict[str, object] = {
        "sub": subject,
        "iss": settings.ORIGIN,
        "aud": "dovecot",
        "scope": "mail",
        "app": str(program.pk),
        "client_id": client_id,
        "jti": uuid.uuid4().hex,
        "exp": now + PROGRAM_LIFE,
    }
    return _signed(claims)


def _signed(claims: dict[str, object]) -> str:
    return jwt.encode(claims, _key(), algorithm="ES256", headers={"kid": KEY_ID})


@lru_cache(maxsize=1)
def _key() -> EllipticCurvePrivateKey:
    if settings.SECRETS_DIR is None:
        raise MailKeyError("no data folder: VAGUEMESTRE_DATA is not set")
    path = settings.SECRETS_DIR / f"mail-token.{KEY_ID}.pem"
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise MailKeyError(f"{path}: {error}") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise MailKeyError(f"{path}: not an elliptic-curve key")
    return key
