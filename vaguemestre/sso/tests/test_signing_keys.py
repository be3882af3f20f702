"""What signs ID tokens: which key, since when, until when; and that nothing else is ever believed."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.audit.models import Entry
from vaguemestre.sso import retention, signing_keys
from vaguemestre.sso.testing import RelyingParty


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.SECRETS_DIR = tmp_path
    put(tmp_path, 1, timezone.now() - timedelta(days=400))
    yield tmp_path
    signing_keys._read.cache_clear()


def put(folder: Path, number: int, since: datetime) -> None:
    made = rsa.generate_private_key(65537, 2048)
    file = folder / f"id-token.{number}.pem"
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    os.utime(file, (since.timestamp(), since.timestamp()))


def names(now: datetime) -> list[str]:
    return [key["kid"] for key in signing_keys.published_keys(now)["keys"]]


def signer_of(now: datetime) -> str:
    return str(jwt.get_unverified_header(signing_keys.sign_claims({}, now=now))["kid"])


def test_a_new_key_is_seen_before_it_signs_and_the_old_one_until_its_tokens_have_ended(folder: Path, db: None) -> None:
    now = timezone.now()
    call_command("id-keys", "rotate")
    assert names(now) == ["id-token-1", "id-token-2"]
    assert signer_of(now) == "id-token-1"
    later = now + signing_keys.LEAD + timedelta(seconds=5)
    assert signer_of(later) == "id-token-2"
    assert names(later) == ["id-token-1", "id-token-2"]
    assert names(later + signing_keys.AFTER) == ["id-token-2"]
    assert Entry.objects.filter(act="sso.key-made", subject="id-token-2").exists()


def test_what_has_ended_is_deleted_and_nothing_else(folder: Path, db: None) -> None:
    now = timezone.now()
    retention.sweep("", now)
    put(folder, 2, now)
    retention.sweep("", now + signing_keys.LEAD)
    assert len(list(folder.iterdir())) == 2
    retention.sweep("", now + signing_keys.LEAD + signing_keys.AFTER + timedelta(seconds=5))
    assert [file.name for file in folder.iterdir()] == ["id-token.2.pem"]


def test_a_new_key_is_its_owner_s_alone(folder: Path) -> None:
    signing_keys.rotate_key()
    assert oct((folder / "id-token.2.pem").stat().st_mode & 0o777) == "0o600"


def test_the_first_key_signs_at_once(folder: Path) -> None:
    put(folder, 1, timezone.now())
    signing_keys._read.cache_clear()
    assert signer_of(timezone.now()) == "id-token-1"


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_is_said(folder: Path, content: bytes) -> None:
    (folder / "id-token.1.pem").write_bytes(content)
    signing_keys._read.cache_clear()
    with pytest.raises(signing_keys.SigningKeyError, match=r"id-token\.1\.pem"):
        signing_keys.sign_claims({}, now=timezone.now())


def test_none_at_all_too(folder: Path) -> None:
    (folder / "id-token.1.pem").unlink()
    with pytest.raises(signing_keys.SigningKeyError):
        signing_keys.sign_claims({}, now=timezone.now())


def test_only_public_halves_are_published(client: Client) -> None:
    response: Any = client.get("/sso/keys/")
    assert {name for key in response.json()["keys"] for name in key} == {"kty", "use", "alg", "kid", "n", "e"}
    assert response.headers["Cache-Control"] == "public, max-age=900"


def forged(relying: RelyingParty, browser: Client) -> list[str]:
    """The claims of a real token, signed by everything but our key."""
    real = relying.tokens(browser)["id_token"]
    claims = jwt.decode(real, options={"verify_signature": False})
    kid = jwt.get_unverified_header(real)["kid"]
    private = signing_keys._keys()[0].private.public_key()
    public = private.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    stranger = rsa.generate_private_key(65537, 2048)
    head, body, _signature = real.split(".")
    return [
        jwt.encode(claims, "", algorithm="none", headers={"kid": kid}),
        f"{head}.{body}.",
        f"{_part({'alg': 'none', 'kid': kid})}.{body}.",
        _hmac({"alg": "HS256", "kid": kid, "typ": "JWT"}, body, public),
        _hmac({"alg": "HS256", "kid": kid}, body, relying.secret.encode()),
        jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": kid}),
        jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "id-token-99"}),
        jwt.encode(claims, signing_keys._keys()[0].private, algorithm="RS512", headers={"kid": kid}),
        jwt.encode(
            claims | {"iss": "https://mal.example"}, signing_keys._keys()[0].private, "RS256", headers={"kid": kid}
        ),
    ]


def test_algorithms_are_not_confused(browser: Client, relying: RelyingParty) -> None:
    """Signing out believes ID tokens: none of these is one."""
    for token in forged(relying, browser):
        assert signing_keys.read_id_token(token) is None
        assert browser.get("/sso/logout/", {"id_token_hint": token}).status_code == 200
    assert signing_keys.read_id_token(relying.tokens(browser)["id_token"])


@pytest.mark.parametrize("token", ["", "x", "..", "a.b.c", "é.é.é", "x" * 100000])
def test_what_is_no_token_is_none(token: str) -> None:
    assert signing_keys.read_id_token(token) is None


def test_it_is_for_one_application(browser: Client, relying: RelyingParty) -> None:
    token = relying.tokens(browser)["id_token"]
    assert signing_keys.read_id_token(token, audience=relying.application.client_id)
    assert signing_keys.read_id_token(token, audience="autre") is None
    assert jwt.decode(token, options={"verify_signature": False})["iss"] == settings.ORIGIN


def _hmac(head: dict[str, str], body: str, key: bytes) -> str:
    """By hand: the library refuses to sign with a public key."""
    signed = f"{_part(head)}.{body}"
    return f"{signed}.{_word(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def _part(value: dict[str, str]) -> str:
    return _word(json.dumps(value).encode())


def _word(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
