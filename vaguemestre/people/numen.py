"""The NUMEN: who somebody is for a whole career, and a confidence. It leaves this file in clear by one door only."""

import base64
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from vaguemestre.people.models import Person

# Two digits of the académie of registration, a letter, the year, then 5 digits and 3 letters drawn at random.
FORMAT = re.compile(r"\d\d[A-Z]\d\d\d{5}[A-Z]{3}", re.ASCII)
# However people space it: 20E.95.12345.ABC, 20 E 95 123 45 ABC.
_ANYWHERE = re.compile(
    r"[\W_]{0,3}".join([r"\d"] * 2 + ["[A-Z]"] + [r"\d"] * 7 + ["[A-Z]"] * 3), re.ASCII | re.IGNORECASE
)
_CONTEXT = b"vaguemestre numen"


class InvalidNumenError(ValueError):
    """Never says the value."""


class NumenKeyMissingError(Exception):
    """A stored NUMEN cannot be read, or none can be stored: the message names the file."""


@dataclass(frozen=True, slots=True, repr=False)
class Numen:
    """Built from what a person typed or a feed says; prints masked wherever it ends up."""

    _value: str

    def __post_init__(self) -> None:
        value = re.sub(r"\s", "", self._value).upper()
        if not FORMAT.fullmatch(value):
            raise InvalidNumenError("not in the form of a NUMEN")
        object.__setattr__(self, "_value", value)

    @property
    def masked(self) -> str:
        return f"{self._value[:3]}••••••••{self._value[-2:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<Numen {self.masked}>"

    @property
    def lookup(self) -> str:
        """What the table is searched by: a keyed hash under the newest lookup key."""
        return _keyed_hash(self._value, *max(_keys("lookup").items()))

    @property
    def lookups(self) -> list[str]:
        """The same under every key still in the folder, newest first: while a key is being replaced."""
        return [_keyed_hash(self._value, *numbered) for numbered in sorted(_keys("lookup").items(), reverse=True)]

    def encrypted(self) -> str:
        number, key = max(_keys("encryption").items())
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(key).encrypt(nonce, self._value.encode(), _CONTEXT)
        return f"{number}.{base64.urlsafe_b64encode(sealed).decode()}"

    @classmethod
    def decrypted(cls, cipher: str) -> Self:
        number, _dot, text = cipher.partition(".")
        key = _keys("encryption").get(int(number))
        if key is None:
            raise NumenKeyMissingError(f"numen-encryption.{number}.key")
        sealed = base64.urlsafe_b64decode(text)
        return cls(AESGCM(key).decrypt(sealed[:12], sealed[12:], _CONTEXT).decode())


def numen_of(person: Person) -> Numen | None:
    return Numen.decrypted(person.numen_cipher) if person.numen_cipher else None


def masked_numen(person: Person) -> str | None:
    numen = numen_of(person)
    return numen.masked if numen else None


def clear_numen(person: Person) -> str | None:
    """In clear, for the printed letter or its holder. The caller writes the journal line, with the reason."""
    numen = numen_of(person)
    return numen._value if numen else None


def found_in(text: str) -> Numen | None:
    """The first one in a text that somebody typed, whatever stands around it or between its signs."""
    found = _ANYWHERE.search(text)
    return Numen(re.sub(r"[\W_]", "", found[0])) if found else None


def mask_anywhere(text: str) -> str:
    """Text of an unknown kind (a shifted line of a feed) with anything that looks like a NUMEN masked."""
    return _ANYWHERE.sub(lambda found: f"{found[0][:3]}••••••••{found[0][-2:]}", text)


def _keyed_hash(value: str, number: int, key: bytes) -> str:
    return f"{number}.{hmac.new(key, value.encode(), hashlib.sha256).hexdigest()}"


def _keys(purpose: str) -> dict[int, bytes]:
    return _read_keys(settings.SECRETS_DIR, purpose)


@lru_cache(maxsize=8)
def _read_keys(folder: Path | None, purpose: str) -> dict[int, bytes]:
    """Without a data folder (tests in memory) a key that lives as long as the process."""
    if folder is None:
        return {1: secrets.token_bytes(32)}
    keys = {}
    for file in folder.glob(f"numen-{purpose}.*.key"):
        keys[int(file.name.split(".")[1])] = base64.urlsafe_b64decode(file.read_text().strip())
    if not keys:
        raise NumenKeyMissingError(str(folder / f"numen-{purpose}.1.key"))
    return keys
