"""What a password must be. One list: shown before, ticked while typing, and judged here."""

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from pathlib import Path

from argon2.exceptions import VerificationError
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.identity.name_rules import fold_name
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords.passwords import DICTATED, LONGEST, hasher, normalise, regroup
from vaguemestre.people.models import Person
from vaguemestre.people.numen import InvalidNumenError, Numen

COMMON = Path(__file__).parent / "data" / "common-passwords.txt"
SHORTEST_NAME = 4  # a shorter one (Léa, Luc) would forbid half of the dictionary
NUMEN_LENGTH = 13
LOOKALIKES = str.maketrans("013457@$€!", "oieastasei")


class PolicyFailure(Enum):
    """In the order they are shown. The value is also what the browser's behaviour calls the rule."""

    LENGTH = "length"
    UPPER = "upper"
    LOWER = "lower"
    DIGIT = "digit"
    SPECIAL = "special"
    PERSONAL = "personal"
    NUMEN = "numen"
    COMMON = "common"
    FORMER = "former"

    @property
    def judged(self) -> bool:
        """By the server alone: the browser knows neither the person nor the list."""
        return self in {PolicyFailure.PERSONAL, PolicyFailure.NUMEN, PolicyFailure.COMMON, PolicyFailure.FORMER}

    @property
    def rule(self) -> str:
        match self:
            case PolicyFailure.LENGTH:
                least = academy().passwords.minimum_length
                return ngettext("at least %(count)d character", "at least %(count)d characters", least) % {
                    "count": least
                }
            case PolicyFailure.UPPER:
                return _("a capital letter")
            case PolicyFailure.LOWER:
                return _("a lower-case letter")
            case PolicyFailure.DIGIT:
                return _("a digit")
            case PolicyFailure.SPECIAL:
                return _("a special character (+ @ %)")
            case PolicyFailure.PERSONAL:
                return _("neither your name nor your date of birth")
            case PolicyFailure.NUMEN:
                return _("nor your NUMEN")
            case PolicyFailure.COMMON:
                return _("not a common password")
            case PolicyFailure.FORMER:
                return _("none of your last passwords")

    @property
    def advice(self) -> str:
        """The sentence under the field when this rule is not met."""
        match self:
            case PolicyFailure.COMMON:
                return _("This password is too common. Add a word.")
            case PolicyFailure.PERSONAL:
                return _("This password contains your name, your address or your date of birth. Choose other words.")
            case PolicyFailure.NUMEN:
                return _("This password contains your NUMEN. Choose another.")
            case PolicyFailure.FORMER:
                return _("This password has already been used here. Choose another.")
            case _needed:
                return _("Still missing: %(rule)s.") % {"rule": self.rule}


def policy_failures(account: Account, raw: str, *, former: bool = True) -> list[PolicyFailure]:
    """Every rule that is not met, in order; nothing when the password may be chosen.

    The last passwords are compared only when all else is well: each comparison costs as much as a sign-in.
    """
    password = normalise(raw)
    failures = list(_form(password))
    if _holds_person(password, account):
        failures.append(PolicyFailure.PERSONAL)
    if _holds_numen(password, account.person):
        failures.append(PolicyFailure.NUMEN)
    if is_common(password):
        failures.append(PolicyFailure.COMMON)
    if former and not failures and _used_before(password, account):
        failures.append(PolicyFailure.FORMER)
    return failures


def is_common(password: str) -> bool:
    """On the shipped list, with or without the year, the exclamation mark and the 0 for an o that people add."""
    lowered = password.lower()
    if len(set(lowered)) < SHORTEST_NAME + 1:
        return True
    letters = re.sub(r"[\W\d_]+", "", lowered)
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lowered)
    forms = {
        fold_name(form) for form in (lowered, letters, bare, lowered.translate(LOOKALIKES), bare.translate(LOOKALIKES))
    }
    return any(_once(form) in _common() or form in _common() for form in forms if form)


def name_words(person: Person) -> list[str]:
    """The folded words of a name that a password must not hold."""
    parts = (person.first_name, person.last_name, person.usual_name or "")
    words = [fold_name(word) for part in parts for word in [part, *re.split(r"[\s'’-]+", part)]]
    return [word for word in dict.fromkeys(words) if len(word) >= SHORTEST_NAME]


def _form(password: str) -> Iterator[PolicyFailure]:
    if not academy().passwords.minimum_length <= len(password) <= LONGEST:
        yield PolicyFailure.LENGTH
    if not any(sign.isupper() for sign in password):
        yield PolicyFailure.UPPER
    if not any(sign.islower() for sign in password):
        yield PolicyFailure.LOWER
    if not any(sign.isdigit() for sign in password):
        yield PolicyFailure.DIGIT
    if all(sign.isalnum() for sign in password):
        yield PolicyFailure.SPECIAL


def _holds_person(password: str, account: Account) -> bool:
    folded = fold_name(password)
    words = [*name_words(account.person), account.identifier, account.local_part.replace(".", "")]
    birth = account.person.birth_date
    digits = re.sub(r"\D", "", password)
    return any(word in folded for word in words) or any(
        form in digits for form in (f"{birth:%d%m%Y}", f"{birth:%Y%m%d}", f"{birth:%d%m%y}")
    )


def _holds_numen(password: str, person: Person) -> bool:
    """Compared by its keyed hash: the NUMEN itself is not read."""
    if person.numen_lookup is None:
        return False
    compact = re.sub(r"[\s.-]", "", password).upper()
    windows = (compact[start : start + NUMEN_LENGTH] for start in range(len(compact) - NUMEN_LENGTH + 1))
    return any(person.numen_lookup in numen.lookups for window in windows if (numen := _numen(window)))


def _numen(text: str) -> Numen | None:
    try:
        return Numen(text)
    except InvalidNumenError:
        return None


def _used_before(password: str, account: Account) -> bool:
    encoded = [*account.former_passwords.values_list("encoded", flat=True)]
    if any(_matches(one, password) for one in encoded):
        return True
    given = account.password_kind in DICTATED and account.password  # by the letter or the help desk
    return bool(given) and _matches(str(account.password), regroup(password))


def _matches(encoded: str, password: str) -> bool:
    try:
        return hasher().verify(encoded, password)
    except VerificationError:
        return False


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _once(word: str) -> str:
    """`amiensamiens` → `amiens`."""
    repeated = re.fullmatch(r"(.+?)\1+", word)
    return repeated[1] if repeated else word
