"""What nobody sends: their own NUMEN, their own password. Recognised without being read, and never written down.

The NUMEN by its keyed hash. The password by its own verification, which is slow and could be asked to guess: words of
its shape only, three at most, and a few messages an hour; beyond that nothing is compared, and nothing says so.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.passwords.passwords import LONGEST
from vaguemestre.people.numen import Numen
from vaguemestre.webmail.people.address_list import is_address

COMPARED = 3  # words of one message
MESSAGES_AN_HOUR, AN_HOUR = 10, timedelta(hours=1)
MOST_LOOKALIKES = 2000
_NUMEN = re.compile(r"(?=(\d\d[A-Z]\d{7}[A-Z]{3}))", re.ASCII)
_ANNOUNCED = re.compile(r"(?i)mot\s+de\s+passe|\bmdp\b|\bpass(?:word|phrase)?\b")
_OPENING, _CLOSING = "«“\"'(<", ".,;:!?)»”\"'>"


def holds_numen(account: Account, texts: Sequence[str]) -> bool:
    """However it is spaced, and in any case of letters."""
    own = account.person.numen_lookup
    if own is None:
        return False
    for text in texts:
        compact = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())
        lookalikes = dict.fromkeys(found[1] for found in _NUMEN.finditer(compact))
        if any(own in Numen(one).lookups for one in list(lookalikes)[:MOST_LOOKALIKES]):
            return True
    return False


def holds_password(account: Account, texts: Sequence[str], now: datetime) -> bool:
    words = list(dict.fromkeys(word for text in texts for word in _candidates(text)))[:COMPARED]
    if not words or account.password is None:
        return False
    if not rate_limit.take_one("password-in-mail", account.key, limit=MESSAGES_AN_HOUR, per=AN_HOUR, now=now):
        return False
    return any(passwords.verify_password(account, word) for word in words)


def _candidates(text: str) -> Iterator[str]:
    """The words that look like a password; those that one is announced before come first."""
    parts = _ANNOUNCED.split(text, maxsplit=COMPARED)
    for part in (*parts[1:], parts[0]):
        for word in part.split():
            yield from filter(_has_its_shape, _readings(word.lstrip(_OPENING)))


def _readings(word: str) -> Iterator[str]:
    """Which of its last signs belong to the sentence is not known."""
    if "://" in word or is_address(word.rstrip(_CLOSING)):
        return
    yield word
    while word and word[-1] in _CLOSING:
        word = word[:-1]
        yield word


def _has_its_shape(word: str) -> bool:
    if not academy().passwords.minimum_length <= len(word) <= LONGEST:
        return False
    kinds = (str.isupper, str.islower, str.isdigit, lambda sign: not sign.isalnum())
    return all(any(map(kind, word)) for kind in kinds)
