"""Words that are French whatever the language of the page: the authority's own, those of the HR file (RGAA 8.7).
And what French does to a name."""

import re
import unicodedata

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Yves and Œdipe as Anne; not Youssef, nor what begins with a figure.
_ELIDED = re.compile(r"[aeiouœæ]|y(?![aeiou])")
# An h is silent in these; in names from elsewhere, as Hicham or Hoang, it is said or kept as if it were.
_SILENT_H = {
    "hadrien", "hadrienne", "harmonie", "hector", "hedwige", "helena", "helene", "helie", "heloise", "henri",
    "henriette", "henry", "herbert", "hercule", "hermance", "hermeline", "hermine", "hermione", "herve", "hilaire",
    "hilarion", "hildegarde", "hippolyte", "homere", "honore", "honorine", "horace", "hortense", "hubert", "huberte",
    "hubertine", "hugo", "hugolin", "hugues", "huguette", "humbert", "hyacinthe",
}  # fmt: skip


def french(text: object) -> object:
    """`text` as HTML that says its language; as it is on a page in French, and where there is nothing."""
    return format_html('<span lang="fr">{}</span>', text) if text and not page_is_french() else text


def sentence_html(sentence: str, words: dict[str, object]) -> SafeString:
    """`sentence % words` as HTML, of which some words may say that they are French."""
    return SafeString(conditional_escape(sentence) % {name: _kept(word) for name, word in words.items()})


def possessive(name: str) -> str:
    """« d’Ophélie », « de Karim »: the French of the page is not written before the name is known."""
    if not page_is_french():
        return f"of {name}"
    plain = "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign)).lower()
    elided = _ELIDED.match(plain) or re.split(r"[\s-]", plain, maxsplit=1)[0] in _SILENT_H
    return f"d’{name}" if elided else f"de {name}"


def page_is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _kept(word: object) -> object:
    return word if isinstance(word, int) else conditional_escape(str(word))
