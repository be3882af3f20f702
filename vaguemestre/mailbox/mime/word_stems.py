"""French words as they are searched: without case and accents, and cut to the beginning that their forms share.

The index keeps whole words and finds them by their beginnings. So "réunions" is asked for as "reunion", "remplaçant" as
"remplac", which begins « remplacement » too; and a word that is still being typed is never cut to what it does not say.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"}
_ANY_LIGATURE = re.compile(f"[{''.join(_LIGATURES)}]")
_USUAL_MARKS = "\u0301\u0300\u0302\u0327\u0308\u0303"  # taken out one by one: ten times faster in a long text
_ELIDED = re.compile(r"\A(?:l|d|c|j|m|n|s|t|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_LETTERS = re.compile(r"[a-z]+")
# From the longest; what is left must say enough alone (`_STEM`).
_ENDINGS = re.compile(
    r"(?:issements?|ements?|ateurs?|atrices?|ations?|antes?|ants?|ances?|euses?|eurs?|eux|rices?|ives?|ifs?|ites?|ables?|istes?)\Z"
)
_STEM, _SHORTEST = 5, 4
# Of « lycéenne », « professionnelle », « première », « professeure », « inscrite »…: what begins the masculine as well.
_FEMININE = {
    "enne": "en", "elle": "el", "ere": "er", "eure": "eur", "te": "t", "le": "l", "ee": "e", "ie": "i", "ue": "u",
}  # fmt: skip
_PAIRS = (
    *((f"{stem}ail", f"{stem}aux") for stem in ("trav", "b", "vitr", "cor", "soupir", "vant")),
    ("nouveau", "nouvel"), ("jumeau", "jumel"),
)  # fmt: skip
# Of which neither begins the other, and no rule says it.
_IRREGULAR = {
    **{one: (one, other) for pair in _PAIRS for one, other in (pair, pair[::-1])},
    "nouvelle": ("nouvel", "nouveau"), "jumelle": ("jumel", "jumeau"), "cheffe": ("chef",), "eaux": ("eau",),
    "yeux": ("yeux", "oeil"), "oeil": ("oeil", "yeux"), "vieux": ("vieux", "vieil"), "vieil": ("vieil", "vieux"),
    "vieille": ("vieil", "vieux"),
}  # fmt: skip
# Short ones of which the singular begins too many other words to be a beginning: with what begins these.
_WHOLE = {
    "jeux": ("jeu", ("jeud", "jeun")), "feux": ("feu", ("feui", "feut")), "arts": ("art", ("arte", "arti")),
    "mots": ("mot", ("mote", "moti", "moto", "motr", "mott")), "lots": ("lot", ("lote", "loti", "loto")),
    "cles": ("cle", ("clef", "clem", "cler")),
}  # fmt: skip
_SHORT_PAIRS = (("teur", "trice"), ("trice", "teur"), ("if", "ive"), ("ive", "if"))
_LONGEST_NAME = 20
# What stands for a letter in a name that is written with its accents, and how unlikely it is.
_ACCENTED = {"e": "éèêë", "c": "ç", "i": " ïî", "o": " ôö", "a": "  âà", "u": "  ûü"}


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case, no accents, ligatures undone. Lengths may change. For words: they are remembered."""
    return fold_long(text)


def fold_long(text: str) -> str:
    """As `fold`, of a text of any length."""
    apart = text.casefold()
    if apart.isascii():
        return apart
    apart = unicodedata.normalize("NFKD", _ANY_LIGATURE.sub(lambda sign: _LIGATURES[sign[0]], apart))
    for mark in _USUAL_MARKS:
        apart = apart.replace(mark, "")
    return apart if apart.isascii() else _FOREIGN.sub(_uncombined, apart)


def _uncombined(found: re.Match[str]) -> str:
    return "".join(c for c in found[0] if not unicodedata.combining(c))


def without_article(word: str) -> str:
    """Without the article or pronoun that an apostrophe ties to it."""
    return _ELIDED.sub("", word.casefold()) or word


@lru_cache(maxsize=4096)
def stems(word: str) -> tuple[str, ...]:
    """Beginnings, of which every form of the word has one. The word itself, folded, when nothing can be cut."""
    folded = fold(without_article(word))
    if not _LETTERS.fullmatch(folded):
        return (folded,)
    singular = _singular(folded)
    ending = _ENDINGS.search(folded)
    if ending and ending.start() >= _STEM:
        return (folded[: ending.start()],)
    return singular


def whole_form(word: str) -> tuple[str, tuple[str, ...]] | None:
    """A form that no beginning of `stems` finds, and the beginnings of other words that it begins too: « jeu » of
    "jeux", and those of « jeudi » and « jeune »."""
    return _WHOLE.get(fold(without_article(word)))


def _singular(word: str) -> tuple[str, ...]:
    """« élèves » and « élève »; « généraux » and « général », both ways, since neither begins the other. The first is
    a beginning of the word itself: names of files are looked for by it."""
    bare = word[:-1] if word[-1] in "sx" and len(word) > _SHORTEST else word
    if both := _IRREGULAR.get(word) or _IRREGULAR.get(bare):
        return both
    if word.endswith("aux") and not word.endswith("eaux") and len(word) > _SHORTEST:
        return (bare, word[:-3] + "al")
    if word.endswith("al") and len(word) >= _SHORTEST:
        return (word, word[:-1] + "ux")
    if bare.endswith("ale") and len(bare) >= _STEM:
        return (bare[:-1], bare[:-2] + "ux")
    for ending, other in _SHORT_PAIRS:  # of a short word, which keeps its ending
        if bare.endswith(ending):
            return (bare, bare.removesuffix(ending) + other)
    if len(bare) > _STEM and bare.endswith(
        ("eur", "euse")
    ):  # « vendeur » and « vendeuse », « heureuse » and « heureux »
        return (bare.removesuffix("se").removesuffix("r"),)
    feminine = next((ending for ending in _FEMININE if bare.endswith(ending)), "")
    return (bare.removesuffix(feminine) + _FEMININE[feminine] if feminine and len(bare) > _STEM else bare,)


@lru_cache(maxsize=4096)
def accented_forms(word: str, limit: int) -> tuple[str, ...]:
    """How a name typed without accents may be written, with one of them or two, the likeliest first."""
    folded = fold(word)[:_LONGEST_NAME]
    spots = [
        (rank, place, sign)
        for place, letter in enumerate(folded)
        for rank, sign in enumerate(_ACCENTED.get(letter, ""))
        if sign != " "
    ]
    pairs = [(one[0] + other[0] + 1, (one, other)) for one, other in combinations(spots, 2) if one[1] != other[1]]
    ranked = sorted([*((spot[0], (spot,)) for spot in spots), *pairs], key=lambda some: some[0])
    return tuple(dict.fromkeys((word.casefold(), fold(word), *(_put(folded, some) for _, some in ranked))))[:limit]


def _put(word: str, spots: Sequence[tuple[int, int, str]]) -> str:
    letters = list(word)
    for _, place, sign in spots:
        letters[place] = sign
    return "".join(letters)
