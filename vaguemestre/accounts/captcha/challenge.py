"""A captcha is a random word under our signature: its digits follow from it and from our key. Ten minutes, one answer.

Nothing is stored before it is answered: whoever opens the page a thousand times writes no row.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import SpentCaptcha

LIFE = timedelta(minutes=10)
SIGNS = "023456789"  # without the 1, which a distorted 7 looks like
LENGTH = 5
TOKEN_FIELD, DIGITS_FIELD = "epreuve", "chiffres"
_NONCE, _STAMP, _SEAL = 12, 8, 16


@dataclass(frozen=True)
class Challenge:
    """`token` goes into the page and into the addresses of the picture and of the sound; it tells no digit."""

    token: str
    nonce: str
    made_at: datetime

    @property
    def digits(self) -> str:
        number, digits = int.from_bytes(self.seed("digits")), ""
        while len(digits) < LENGTH:
            number, sign = divmod(number, len(SIGNS))
            digits += SIGNS[sign]
        return digits

    def seed(self, purpose: str) -> bytes:
        """The same for the same captcha, unknown to anybody else."""
        return salted_hmac(f"vaguemestre.captcha.{purpose}", self.nonce, algorithm="sha256").digest()

    def alive(self, now: datetime) -> bool:
        return self.made_at <= now <= self.made_at + LIFE


def new_challenge(*, now: datetime) -> Challenge:
    nonce, stamp = secrets.token_bytes(_NONCE), int(now.timestamp()).to_bytes(_STAMP)
    token = base64.urlsafe_b64encode(nonce + stamp + _seal(nonce + stamp)).decode()
    return Challenge(token, nonce.hex(), _moment(stamp))


def read_challenge(token: str, *, now: datetime) -> Challenge | None:
    """None for what we did not sign, or signed too long ago."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    words, seal = raw[:-_SEAL], raw[-_SEAL:]
    if len(raw) != _NONCE + _STAMP + _SEAL or not hmac.compare_digest(seal, _seal(words)):
        return None
    challenge = Challenge(token, words[:_NONCE].hex(), _moment(words[_NONCE:]))
    return challenge if challenge.alive(now) else None


def solve(answer: Mapping[str, str], *, now: datetime) -> bool:
    """Right or wrong, a captcha is answered once, also when two answers come at the same moment."""
    challenge = read_challenge(answer.get(TOKEN_FIELD, ""), now=now)
    if challenge is None or not _spend(challenge):
        return False
    typed = "".join(sign for sign in answer.get(DIGITS_FIELD, "") if sign.isdecimal()).replace("1", "7")
    return hmac.compare_digest(typed.encode(), challenge.digits.encode())


def _spend(challenge: Challenge) -> bool:
    try:
        with transaction.atomic():
            SpentCaptcha.objects.create(nonce=challenge.nonce, expires_at=challenge.made_at + LIFE)
    except IntegrityError:
        return False
    return True


def _moment(stamp: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(stamp), UTC)


def _seal(words: bytes) -> bytes:
    return salted_hmac("vaguemestre.captcha.seal", words, algorithm="sha256").digest()[:_SEAL]
