"""The words of a search, and how they are kept: `people.folding` says what a word is."""

from collections.abc import Iterable

from vaguemestre.people.folding import searched_as, words

LONGEST = 120  # characters of what is typed; more is no name
MOST_WORDS = 8


def stored_words(*texts: str | None) -> str:
    """Each word with a space before it: `LIKE '% mar%'` finds the beginning of any."""
    found = searched_as(*texts)
    return f" {found} " if found else ""


def typed_words(text: str) -> list[str]:
    """An address counts by what stands before its at sign. Each word once."""
    before = text[:LONGEST].partition("@")[0]
    return list(dict.fromkeys(words(before)))[:MOST_WORDS]


def by_family_name(first: str, family: str) -> str:
    return " ".join((*words(family), *words(first)))[:125]


def sort_words(texts: Iterable[str]) -> str:
    return " ".join(word for text in texts for word in words(text))
