"""Words that are French whatever the language of the page: the authority's own, those of the HR file (RGAA 8.7).
And what French does to a name."""

import re
import unicodedata

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Hervé, Yves and Œdipe as Anne; not Hassan, Youssef, nor what begins with a figure.
_ELIDED = re.compile(r"[aeiouœæ]|h[eio]|hu[bg]|y(?![aeiou])", re.IGNORECASE)


def french(text: object) -> object:
    """`text` as HTML that says its language; as it is on a page in French, and where there is nothing."""
    return format_html('<span lang="fr">{}</span>', text) if text and not page_is_french() else text


def told(sentence: str, words: dict[str, object]) -> SafeString:
    """`sentence % words` as HTML, of which some words may say that they are French."""
    return SafeString(conditional_escape(sentence) % {name: _kept(word) for name, word in words.items()})


def of(name: str) -> str:
    """« d’Ophélie », « de Karim »: the French of the page is not written before the name is known."""
    if not page_is_french():
        return f"of {name}"
    return f"d’{name}" if _ELIDED.match(_plain(name)) else f"de {name}"


def page_is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _kept(word: object) -> object:
    return word if isinstance(word, int) else conditional_escape(str(word))


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
