"""A password that a sender gives to a file, and tells its recipients by another way than the letter."""

from datetime import datetime, timedelta

from argon2.exceptions import InvalidHashError, VerificationError
from django.core import signing
from django.db.models import F, Q
from django.utils.translation import gettext as _

from vaguemestre.accounts.passwords import passwords
from vaguemestre.handouts.limits import UploadRefusedError
from vaguemestre.handouts.message_links import hash_of
from vaguemestre.handouts.models import Handout

SHORTEST, LONGEST = 8, 100
TRIES, AGAIN_AFTER = 10, timedelta(hours=1)  # of a file, whoever tries
MOST_OPENINGS = 300  # in that hour with the right one: each is 25 ms of a core
OPEN_FOR = timedelta(hours=4)  # a large file on a slow line, begun again
SALT = "vaguemestre.handouts.opened"


class TooManyTriesError(Exception):
    """Nobody opens it for a while, with the right one neither."""


def hash_password(typed: str) -> str:
    """As it is kept. Empty for nothing typed: it needs none. Raises UploadRefusedError."""
    word = passwords.normalise(typed.strip())
    if not word:
        return ""
    if not SHORTEST <= len(word) <= LONGEST:
        raise UploadRefusedError(_("The password of a file has at least %s characters.") % SHORTEST)
    return passwords.hasher().hash(word)


def protect_link(handout: Handout, password: str) -> None:
    """One that continues without a word keeps the password that it had."""
    if password:
        handout.password = password
        Handout.objects.filter(pk=handout.pk).update(password=password)


def check_password(handout: Handout, typed: str, now: datetime) -> bool:
    """Counted before it is judged: a hundred guesses at once are a hundred tries. Raises TooManyTriesError."""
    mine = Handout.objects.filter(pk=handout.pk)
    mine.filter(Q(tried_at=None) | Q(tried_at__lte=now - AGAIN_AFTER)).update(tries=0, openings=0, tried_at=now)
    if not mine.filter(tries__lt=TRIES, openings__lt=MOST_OPENINGS).update(tries=F("tries") + 1):
        raise TooManyTriesError
    try:
        passwords.hasher().verify(handout.password, passwords.normalise(typed.strip()[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    mine.update(tries=0, openings=F("openings") + 1)
    return True


def password_token(handout: Handout) -> str:
    return signing.dumps(_of(handout), salt=SALT)


def is_token_valid(handout: Handout, word: str) -> bool:
    if not handout.password:
        return True
    try:
        return bool(signing.loads(word, salt=SALT, max_age=OPEN_FOR) == _of(handout))
    except signing.BadSignature:
        return False


def _of(handout: Handout) -> list[str]:
    return [handout.key, hash_of(handout.password)[:16]]
