"""Texts that wait to leave, sealed at rest: they hold links and codes, and a database keeps what was wiped from its
rows for a while (write-ahead log, dead rows, backups). The key is derived from Django's, a secret file."""

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


class SealedTextField(models.TextField):  # type: ignore[type-arg]  # a generic of the stubs alone
    """Clear in Python, sealed in the table, so that no query finds a word of it. What another key has sealed reads as
    an empty text."""

    def get_prep_value(self, value: Any) -> Any:
        return seal(str(value)) if value else value

    def from_db_value(self, value: str | None, *_of_the_query: Any) -> str | None:
        return unseal(value) if value else value


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _keys() -> MultiFernet:
    return _derived(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=2)
def _derived(*secrets: str) -> MultiFernet:
    info = b"vaguemestre courier text"
    keys = (HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(secret.encode()) for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
