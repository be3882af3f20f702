"""Provisional passwords: made, hashed into the account and sealed in the letter, in one transaction a chunk.

A crash loses at most the hashing of one chunk: letters that are still `prepared` are simply done later.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

from vaguemestre.accounts.passwords.passwords import generate_provisional, hasher, set_provisionals
from vaguemestre.letters.models import Letter

CHUNK = 100
WORKERS = 2  # argon2 releases the GIL; more threads than cores gain nothing


class SealKeyMissingError(Exception):
    """No letter can be sealed or opened; the message names the file."""


class SealBrokenError(Exception):
    """The sealed secret was made with a key that is not here, or was altered."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A provisional password as it may be stored: hashed for the account, sealed for the letter."""

    encoded: str
    sealed: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one run did. Most of its seconds are the hashing."""

    letters: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.letters / self.seconds if self.seconds else 0.0


def seal_pending(
    *, now: datetime, progress: Callable[[int], None] | None = None, limit: int | None = None, workers: int = WORKERS
) -> Sealed:
    """Every letter that waits for its password, oldest first, or at most `limit`. `progress` hears of each chunk."""
    begun, done, after = time.monotonic(), 0, 0
    with ThreadPoolExecutor(workers, thread_name_prefix="seal") as pool:
        while limit is None or done < limit:
            size = CHUNK if limit is None else min(CHUNK, limit - done)
            waiting = Letter.objects.filter(state=Letter.State.PREPARED, pk__gt=after).order_by("pk")
            chunk = list(waiting.values_list("pk", flat=True)[:size])
            if not chunk:
                break
            after = chunk[-1]
            secrets = list(pool.map(lambda _letter: new_secret(), chunk))
            done += _store(dict(zip(chunk, secrets, strict=True)), now)
            if progress:
                progress(done)
    return Sealed(done, time.monotonic() - begun)


def count_pending() -> int:
    return Letter.objects.filter(state=Letter.State.PREPARED).count()


def new_secret() -> Secret:
    """The clear password lives in this function only."""
    clear = generate_provisional()
    return Secret(encoded=hasher().hash(clear), sealed=_seal().encrypt(clear.encode()).decode())


def unseal(sealed: str) -> str:
    try:
        return _seal().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBrokenError("sealed with a key that is not in the secrets") from None


def _store(secrets: dict[int, Secret], now: datetime) -> int:
    """Letters revoked or sealed by another worker since they were read are left alone: their hash is thrown away."""
    with transaction.atomic():
        rows = Letter.objects.select_for_update(of=("self",)).select_related("account")
        letters = list(rows.filter(pk__in=secrets, state=Letter.State.PREPARED))
        for letter in letters:
            secret = secrets[letter.pk]
            letter.sealed, letter.state, letter.sealed_at = secret.sealed, Letter.State.SEALED, now
        set_provisionals([(letter.account, secrets[letter.pk].encoded) for letter in letters], now=now)
        Letter.objects.bulk_update(letters, ["sealed", "state", "sealed_at"])
    return len(letters)


def _seal() -> MultiFernet:
    return _keys(settings.SECRETS_DIR)


@lru_cache(maxsize=4)
def _keys(folder: Path | None) -> MultiFernet:
    """Seals with the newest key, opens with any: `letter-seal.2.key` is added beside the first to change it."""
    if folder is None:
        raise SealKeyMissingError("letter-seal.1.key: no data folder")
    files = sorted(folder.glob("letter-seal.*.key"), key=_key_number, reverse=True)
    if not files:
        raise SealKeyMissingError(str(folder / "letter-seal.1.key"))
    return MultiFernet([Fernet(file.read_bytes().strip()) for file in files])


def _key_number(file: Path) -> int:
    return int(file.name.split(".")[1])
