"""Names become addresses and identifiers: the rule of the authority, pure and the same every time.

Nothing here reads a table; `creation` asks for candidates until one is free.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

from anyascii import anyascii

from vaguemestre.academy.facts import academy

NAMELESS = "agent"  # for a name of which no letter is left
LONGEST = 64  # of a local part, by RFC 5321
KEY_FORM = re.compile(r"[ab]\d{7,}")  # an account's key: nobody may bear it as a name
_NOT_KEPT = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True)
class Name:
    """What the feed tells: the first name in use, and the family name the person goes by."""

    first: str
    last: str


def fold_name(part: str) -> str:
    """`Anne-Cécile` → `annececile`, `Strauß` → `strauss`: lower case, no accent, no sign, no space."""
    composed = unicodedata.normalize("NFKC", part)
    return _NOT_KEPT.sub("", anyascii(composed).lower())


def local_parts(name: Name) -> Iterator[str]:
    """Every local part this person might have, best first: `jean.martin`, `jean.martin2`, `jean.martin3`…"""
    first, last = fold_name(name.first), fold_name(name.last)
    limit = academy().names.address_limit
    for rank in count(1):
        candidate = _pattern(first, last, "" if rank == 1 else str(rank), limit)
        if not is_reserved(candidate):
            yield candidate


def base_local_part(name: Name) -> str:
    """What the addresses of all people of this name are, without dots and without a number."""
    return undotted(_pattern(fold_name(name.first), fold_name(name.last), "", academy().names.address_limit))


def identifiers(name: Name) -> Iterator[str]:
    """`fdupont`, `fdupont2`…: initial and family name, with a counter of its own."""
    stem = fold_name(name.first)[:1] + fold_name(name.last) or NAMELESS
    limit = academy().names.identifier_limit
    for rank in count(1):
        suffix = "" if rank == 1 else str(rank)
        candidate = stem[: limit - len(suffix)] + suffix
        if not is_reserved(candidate):
            yield candidate


def undotted(local_part: str) -> str:
    """What must be unique: every address is also delivered without its dot."""
    return local_part.replace(".", "")


def parse_typed_name(text: str) -> str | None:
    """What somebody typed to sign in, as `LocalPart.undotted` has it; None when it cannot be one of ours.

    A phone adds capitals, accents and spaces: they are forgiven as they are in names.
    """
    local_part, at, domain = text.strip().lower().partition("@")
    if at and domain.strip() != academy().domain:
        return None
    folded = fold_name(local_part)
    return folded if 0 < len(folded) <= LONGEST else None


def counted_name(text: str) -> str:
    """The name that failures are counted under: `parse_typed_name`, so that no spelling of one name is counted apart.

    By the text alone. What cannot be one of ours has a name too, which none of ours is.
    """
    return parse_typed_name(text) or "?" + fold_name(text)


def is_reserved(local_part: str) -> bool:
    """Never a person's: the words of academy.toml, with or without their hyphen, and the form of an account's key."""
    plain = fold_name(local_part)
    return plain in _reserved_words(tuple(academy().names.reserved)) or KEY_FORM.fullmatch(plain) is not None


@lru_cache(maxsize=1)
def _reserved_words(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold_name, words))


def _pattern(first: str, last: str, suffix: str, limit: int) -> str:
    """The pattern of academy.toml, the family name (then the first) cut so that the whole fits with its number."""
    if not first and not last:
        last = NAMELESS
    pattern = academy().names.address_pattern
    fixed = len(pattern.replace("{first}", "").replace("{last}", "")) + len(suffix)
    room = limit - fixed
    kept_first = first[: max(room - len(last), room // 2)]
    kept_last = last[: room - len(kept_first)]
    filled = pattern.replace("{first}", kept_first).replace("{last}", kept_last + suffix)
    return re.sub(r"\.{2,}", ".", filled).strip(".")
