"""Words that are French whatever the language of the page: the authority's own, those of the HR file (RGAA 8.7)."""

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def french(text: object) -> object:
    """`text` as HTML that says its language; as it is on a page in French, and where there is nothing."""
    return format_html('<span lang="fr">{}</span>', text) if text and not page_is_french() else text


def told(sentence: str, words: dict[str, object]) -> SafeString:
    """`sentence % words` as HTML, of which some words may say that they are French."""
    return SafeString(conditional_escape(sentence) % {name: _kept(word) for name, word in words.items()})


def page_is_french() -> bool:
    return (get_language() or "fr").startswith("fr")


def _kept(word: object) -> object:
    return word if isinstance(word, int) else conditional_escape(str(word))
