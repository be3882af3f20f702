"""What must be read again (seeds of OTP keys, of phones) is kept encrypted; the key is a secret file.

Each purpose has a key of its own: what was sealed for one is never read as another, whoever brings it.

The key is derived from the NUMEN's encryption key of the same number: no further file to keep, none to forget.
"""

import base64
import secrets
from enum import Enum
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Purpose(Enum):
    """The value is part of the key: changed, nothing that was sealed for this purpose opens any more."""

    FACTOR = b"vaguemestre factor seal"  # rows: seeds of keys and phones
    KEPT_FORM = b"vaguemestre seal: kept form"  # rows, for a day
    ELSEWHERE = b"vaguemestre seal: password of another server"  # rows, while mail is brought from there
    OWNER = b"vaguemestre seal: page owner"  # a cookie
    BANK = b"vaguemestre seal: bank details"  # rows: the account number that a person asks to be paid on
    TYPED = b"vaguemestre seal: lost password"  # a field of a page
    BROWSER = b"vaguemestre seal: drafts in a browser"  # in browsers; each person's key is made of this one
    HANDOUT = b"vaguemestre seal: file by a link"  # files, each under a key made of this one


class SealError(Exception):
    """The secret file is absent, or is not the one that sealed. Never says what was sealed."""


def seal(secret: bytes, purpose: Purpose) -> str:
    number = _newest(settings.SECRETS_DIR)
    return f"{number}.{_fernet(settings.SECRETS_DIR, number, purpose).encrypt(secret).decode()}"


def unseal(sealed: str, purpose: Purpose) -> bytes:
    number, _dot, token = sealed.partition(".")
    try:
        return _opener(settings.SECRETS_DIR, int(number), purpose).decrypt(token.encode())
    except (InvalidToken, ValueError) as error:
        raise SealError(f"key number {number} did not seal this") from error


def key_of(purpose: Purpose, number: int | None = None) -> tuple[int, bytes]:
    """For what seals in a way of its own (large files): 32 bytes, and the number of the secret that they come from."""
    chosen = _newest(settings.SECRETS_DIR) if number is None else number
    return chosen, _derived(settings.SECRETS_DIR, chosen, purpose)


def _newest(folder: Path | None) -> int:
    if folder is None:
        return 1
    return max((int(file.name.split(".")[1]) for file in folder.glob("numen-encryption.*.key")), default=1)


def _opener(folder: Path | None, number: int, purpose: Purpose) -> Fernet | MultiFernet:
    """Forms kept before there were purposes are under the factors' key: nobody's text is lost by an upgrade."""
    own = _fernet(folder, number, purpose)
    return MultiFernet([own, _fernet(folder, number, Purpose.FACTOR)]) if purpose is Purpose.KEPT_FORM else own


@lru_cache(maxsize=32)
def _fernet(folder: Path | None, number: int, purpose: Purpose) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(folder, number, purpose)))


@lru_cache(maxsize=32)
def _derived(folder: Path | None, number: int, purpose: Purpose) -> bytes:
    """Without a data folder (tests in memory) a key that lives as long as the process."""
    if folder is None:
        return secrets.token_bytes(32)
    file = folder / f"numen-encryption.{number}.key"
    try:
        source = base64.urlsafe_b64decode(file.read_text().strip())
    except OSError as error:
        raise SealError(str(file)) from error
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.value).derive(source)
