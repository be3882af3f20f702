"""Words as they are looked for: without accents, in small letters, in any order."""

import re

from anyascii import anyascii

LONGEST_WORD = 60
MOST_WORDS = 8
_WORD = re.compile(r"[a-z0-9]+(?:[.@_+-][a-z0-9]+)*")


def plain_text(text: str) -> str:
    """`Élodie  LEFÈVRE` → `elodie lefevre`; other alphabets become Latin letters."""
    return " ".join(anyascii(text).lower().split())


def search_words(typed: str) -> list[str]:
    """What somebody looks for: a few words, each of which must begin a word of what is found."""
    return [word[:LONGEST_WORD] for word in dict.fromkeys(_WORD.findall(plain_text(typed)))][:MOST_WORDS]


def searchable_text(*texts: str) -> str:
    """Every word once, each after a blank, so that " dup" finds `Dupont`; an address also by what its signs divide."""
    found: dict[str, None] = {}
    for word in (word for text in texts for word in _WORD.findall(plain_text(text))):
        found[word] = None
        for part in re.split(r"[.@_+-]", word):
            found[part] = None
    return " " + " ".join(found) + " " if found else ""
