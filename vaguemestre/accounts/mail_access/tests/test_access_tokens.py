from datetime import datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.mail_access import access_tokens

NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())
type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def place(key: Key, folder: Path, settings: Settings) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "mail-token.1.pem").write_bytes(pem)
    settings.SECRETS_DIR = folder
    access_tokens._key.cache_clear()


@pytest.fixture(autouse=True)
def no_key_of_this_test_stays() -> object:
    yield
    access_tokens._key.cache_clear()


def test_what_dovecot_reads(tmp_path: Path, settings: Settings) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    place(key, tmp_path, settings)
    token = access_tokens.mail_token("a0000001", now=NOW)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": "1", "typ": "JWT"}
    claims = jwt.decode(token, key.public_key(), ["ES256"], audience="dovecot", options={"verify_exp": False})
    assert claims == {
        "sub": "a0000001",
        "iss": settings.ORIGIN,
        "aud": "dovecot",
        "scope": "mail",
        "app": "webmail",
        "exp": int((NOW + timedelta(seconds=120)).timestamp()),
    }


def test_a_missing_or_wrong_key_is_said_with_its_file(tmp_path: Path, settings: Settings) -> None:
    settings.SECRETS_DIR = tmp_path
    access_tokens._key.cache_clear()
    with pytest.raises(access_tokens.MailKeyError, match="mail-token"):
        access_tokens.mail_token("a0000001", now=NOW)
    place(rsa.generate_private_key(65537, 2048), tmp_path, settings)
    with pytest.raises(access_tokens.MailKeyError, match="elliptic"):
        access_tokens.mail_token("a0000001", now=NOW)
