"""The keys that sign ID tokens: numbered files in DATA/secrets. The number is the key's name (`kid`).

A new key is published first and signs later, when every application that remembers the published list has read it
again; a former one stays published until the last token it signed has ended. The age of a file says where it stands.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings

ALGORITHM = "RS256"  # what every client must understand (OpenID Connect Core, 15.1)
TOKEN_LIFE = timedelta(minutes=10)
REMEMBERED = timedelta(minutes=15)  # how long an application may keep the list: Cache-Control of it
LEAD = 2 * REMEMBERED  # published for so long before it signs
AFTER = TOKEN_LIFE + timedelta(minutes=5)  # clocks differ


class SigningKeyError(Exception):
    """No secret `id-token.<number>.pem`, or one that is no RSA key."""


@dataclass(frozen=True)
class SigningKey:
    number: int
    since: datetime
    private: rsa.RSAPrivateKey

    @property
    def kid(self) -> str:
        return f"id-token-{self.number}"

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": self.kid, "n": _uint(numbers.n), "e": _uint(numbers.e),
        }  # fmt: skip


def sign_claims(claims: dict[str, Any], *, now: datetime, kind: str = "JWT") -> str:
    """`kind` is the header's `typ`: a token of one kind is never taken for one of another."""
    key = signer(_keys(), now)
    return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers={"kid": key.kid, "typ": kind})


def published_keys(now: datetime) -> dict[str, list[dict[str, str]]]:
    """The JWK Set."""
    return {"keys": [key.jwk for key in living_keys(_keys(), now)]}


def read_id_token(token: str, *, audience: str | None = None) -> dict[str, Any] | None:
    """The claims of an ID token of ours, also of one that has ended; None for whatever we did not sign.

    Only our algorithm, only our keys: what the token's own head says of either is not believed.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = next(one for one in _keys() if one.kid == kid)
        claims: dict[str, Any] = jwt.decode(
            token, key.private.public_key(), algorithms=[ALGORITHM], issuer=settings.ORIGIN, audience=audience,
            options={"verify_exp": False, "verify_aud": audience is not None, "require": ["sub", "aud", "iat"]},
        )  # fmt: skip
    except (jwt.InvalidTokenError, StopIteration, ValueError):
        return None
    return claims


def rotate_key() -> str:
    """A new key, in a file of its own; answers its name. It is published at once and signs when `LEAD` has passed."""
    folder, number = _folder(), max(key.number for key in _keys()) + 1
    made = rsa.generate_private_key(65537, 2048)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place = folder / f"id-token.{number}.pem"
    beside = folder / f".id-token.{number}.new"  # a process that reads the folder meanwhile never sees half a key
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_bytes(pem)
    beside.rename(place)
    return f"id-token-{number}"


def retire_keys(now: datetime) -> list[str]:
    """Deletes what signs no more and vouches for nothing any more."""
    if settings.SECRETS_DIR is None:
        return []
    known = _keys()
    spent = [key for key in known if key not in living_keys(known, now)]
    for key in spent:
        (_folder() / f"id-token.{key.number}.pem").unlink(missing_ok=True)
    return [key.kid for key in spent]


def signer(keys: list[SigningKey], now: datetime) -> SigningKey:
    """The newest that has been published for long enough; the first one signs at once."""
    ripe = [key for key in keys if key.since + LEAD <= now]
    return ripe[-1] if ripe else keys[0]


def living_keys(keys: list[SigningKey], now: datetime) -> list[SigningKey]:
    """All but those whose last token has ended: the next one has been signing for a token's life."""
    following = [*keys[1:], None]
    return [key for key, after in zip(keys, following, strict=True) if after is None or not _spent(after, now)]


def _spent(after: SigningKey, now: datetime) -> bool:
    return after.since + LEAD + AFTER <= now


def _keys() -> list[SigningKey]:
    """By number. The folder's own time changes when a file comes or goes: a running process sees a rotation."""
    folder = settings.SECRETS_DIR
    return _read(folder, folder.stat().st_mtime_ns if folder else 0)


def _folder() -> Path:
    if settings.SECRETS_DIR is None:
        raise SigningKeyError("no data folder: VAGUEMESTRE_DATA is not set")
    return Path(settings.SECRETS_DIR)


@lru_cache(maxsize=2)
def _read(folder: Path | None, _changed: int) -> list[SigningKey]:
    """Without a data folder (tests in memory) a key that lives as long as the process."""
    if folder is None:
        return [SigningKey(1, datetime.fromtimestamp(0, UTC), rsa.generate_private_key(65537, 2048))]
    files = sorted(folder.glob("id-token.*.pem"), key=_number)
    if not files:
        raise SigningKeyError(f"{folder}/id-token.1.pem: missing")
    return [_load(file) for file in files]


def _load(file: Path) -> SigningKey:
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise SigningKeyError(f"{file}: {error}") from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise SigningKeyError(f"{file}: not an RSA key")
    return SigningKey(_number(file), datetime.fromtimestamp(file.stat().st_mtime, UTC), private)


def _number(file: Path) -> int:
    return int(file.name.split(".")[1])


def _uint(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
