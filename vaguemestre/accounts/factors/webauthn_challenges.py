"""What a passkey signs: a random word under our own signature, good for five minutes, for one person, and once.

Nothing is stored before it is answered: whoever opens the sign-in page a thousand times writes no row.
"""

import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from webauthn.helpers import base64url_to_bytes

from vaguemestre.accounts.models import Account, SpentChallenge

LIFE = timedelta(minutes=5)
NONCE, STAMP, SEAL = 16, 8, 32


def make_challenge(account: Account | None, purpose: str, now: datetime) -> bytes:
    words = secrets.token_bytes(NONCE) + int(now.timestamp()).to_bytes(STAMP)
    return words + _seal(words, account, purpose)


def challenge_in(answer: dict[str, object]) -> bytes | None:
    """The challenge that the browser says it was given; it is believed only after `is_challenge_good`."""
    try:
        told = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))  # type: ignore[index]  # caught below
        return base64url_to_bytes(told["challenge"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def is_challenge_good(challenge: bytes, account: Account | None, purpose: str, now: datetime) -> bool:
    words, seal = challenge[:-SEAL], challenge[-SEAL:]
    if len(challenge) != NONCE + STAMP + SEAL or not hmac.compare_digest(seal, _seal(words, account, purpose)):
        return False
    return _made_at(challenge) <= now <= _made_at(challenge) + LIFE


def spend_challenge(challenge: bytes) -> bool:
    """False for one that was answered before, also at the same moment. Call it in the act's transaction."""
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(nonce=challenge[:NONCE].hex(), expires_at=_made_at(challenge) + LIFE)
    except IntegrityError:
        return False
    return True


def _made_at(challenge: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(challenge[NONCE : NONCE + STAMP]), UTC)


def _seal(words: bytes, account: Account | None, purpose: str) -> bytes:
    subject = f"passkey:{purpose}:{account.key if account else ''}:".encode()
    return hmac.new(settings.SECRET_KEY.encode(), subject + words, sha256).digest()
