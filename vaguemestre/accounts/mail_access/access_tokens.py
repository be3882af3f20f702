"""What is shown to the mail servers instead of a password: the webmail's signed word, which lives two minutes, one on
its own door, and that of a program that was let in on the portal."""

import base64
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from vaguemestre.accounts.mail_access import socket_key
from vaguemestre.accounts.models import AppPassword

KEY_ID = "1"
LIFE = timedelta(seconds=120)
WEBMAIL = "webmail"  # in the place of a program's number
DOOR_LIFE = timedelta(seconds=60)
PROGRAM_LIFE = timedelta(hours=1)  # of no harm: the servers ask at each sign-in whether the program is still let in


class MailKeyError(Exception):
    """A secret, `mail-token.1.pem` or `mail-door.1.key`, is absent or no key."""


def mail_token(account_key: str, *, now: datetime) -> str:
    """For Dovecot and Postfix (OAUTHBEARER). The subject is the account's key, which is the IMAP user."""
    return _signed(_webmail_claims(account_key, now + LIFE))


def door_token(account_key: str, *, now: datetime) -> str:
    """The same for Dovecot's Unix socket of the webmail, and nothing else: a signature that costs nothing (HS256), by a
    key of this machine's."""
    claims = _webmail_claims(account_key, now + DOOR_LIFE)
    return jwt.encode(claims, _door_key(), algorithm="HS256", headers={"kid": socket_key.key_id()})


def _webmail_claims(account_key: str, ends: datetime) -> dict[str, object]:
    return {
        "sub": account_key,
        "iss": settings.ORIGIN,
        "aud": "dovecot",
        "scope": "mail",
        "app": WEBMAIL,
        "exp": ends,
    }


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


def _secret(name: str) -> Path:
    if settings.SECRETS_DIR is None:
        raise MailKeyError("no data folder: VAGUEMESTRE_DATA is not set")
    return Path(settings.SECRETS_DIR / name)


@lru_cache(maxsize=1)
def _door_key() -> bytes:
    path = _secret(socket_key.FILE)
    try:
        return base64.b64decode(path.read_bytes(), validate=True)
    except (OSError, ValueError) as error:
        raise MailKeyError(f"{path}: {error}") from error


@lru_cache(maxsize=1)
def _key() -> EllipticCurvePrivateKey:
    path = _secret(f"mail-token.{KEY_ID}.pem")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise MailKeyError(f"{path}: {error}") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise MailKeyError(f"{path}: not an elliptic-curve key")
    return key
