"""How the mail is used, in short articles: the words (`texts/<language>.md`), and the search in them.
Where each belongs and leads is in `article_places.py`. Nothing of this looks at an account."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from vaguemestre.academy.facts import academy
from vaguemestre.people.folding import words
from vaguemestre.portal.guidance import article_places

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("fr", "en")
LONGEST = 100  # letters that are looked for
MOST = 8  # articles found


@dataclass(frozen=True, slots=True)
class Block:
    kind: Literal["list", "text"]
    lines: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True)
class Article:
    slug: str
    title: str
    synonyms: str
    text: str

    @property
    def blocks(self) -> list[Block]:
        return [_block(part) for part in self.text.strip().split("\n\n")]

    @property
    def shows(self) -> str:
        """What "Show me" rings, as a selector; found again at each press, as the page may be another by then."""
        return article_places.SHOWS.get(self.slug, "")

    @property
    def leads_to(self) -> tuple[str, str] | None:
        """The name of an address, and the field on its page."""
        name, _hash, field = article_places.LEADS_TO.get(self.slug, "").partition("#")
        return (name, field) if name else None


@dataclass(frozen=True, slots=True)
class Topic:
    title: str
    articles: list[Article]


def all_articles() -> Mapping[str, Article]:
    """In the language that is spoken, in the order of the file: of what this authority offers."""
    spoken = (get_language() or LANGUAGES[0])[:2]
    known = read_articles(spoken if spoken in LANGUAGES else LANGUAGES[0])
    return {slug: one for slug, one in known.items() if _is_offered(slug)}


def topics() -> list[Topic]:
    found: list[Topic] = []
    for slug, one in all_articles().items():
        if slug in article_places.TOPICS:
            found.append(Topic(str(article_places.TOPICS[slug]), []))
        found[-1].articles.append(one)
    return found


def articles_of(place: str) -> list[Article]:
    """None for a place that nobody knows: the page then shows all of them."""
    known = all_articles()
    return [known[slug] for slug in article_places.PLACES.get(place, ()) if slug in known]


def search_articles(typed: str) -> list[Article]:
    """Every word begins one of theirs, accents and capitals aside: those named so before those known by another word,
    and these before those that only speak of it."""
    wanted = _words(typed[:LONGEST])
    if not wanted:
        return []
    ranked = [(rank, one) for one in all_articles().values() if (rank := _rank(wanted, one)) is not None]
    return [one for _rank_of, one in sorted(ranked, key=lambda pair: pair[0])][:MOST]


def _rank(wanted: Sequence[str], article: Article) -> int | None:
    known: list[str] = []
    for rank, more in enumerate((article.title, article.synonyms, article.text)):
        known += _words(more)
        if all(any(word.startswith(one) for word in known) for one in wanted):
            return rank
    return None


def _words(text: str) -> list[str]:
    """What is elided stands before the word, not in it: “l’absence” is found by “absence”."""
    return words(re.sub("['’]", " ", text))


@lru_cache(maxsize=len(LANGUAGES))
def read_articles(language: str) -> Mapping[str, Article]:
    """`# slug`, a line with the title, `= ` other words that people look for it by, then the text."""
    parts = re.split(r"^# ", (TEXTS / f"{language}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {one.slug: one for one in map(_article, parts[1:])}


def _article(part: str) -> Article:
    slug, title, synonyms, text = part.split("\n", 3)
    return Article(slug, title, synonyms.removeprefix("= "), text)


def _block(part: str) -> Block:
    lines = [said for line in part.split("\n") if (said := _said(line))]
    if lines[0].startswith("- "):
        return Block("list", tuple(_line(line.removeprefix("- ")) for line in lines))
    return Block("text", (_line(" ".join(lines)),))


def _said(line: str) -> str:
    """A line that begins with the slug of an article stands where that article does."""
    marked = re.fullmatch(r"(- )?\{([a-z-]+)\}(.+)", line)
    if marked is None:
        return line
    return f"{marked[1] or ''}{marked[3]}" if _is_offered(marked[2]) else ""


def _is_offered(slug: str) -> bool:
    facts = academy()
    return {"par-lien": facts.links.largest_mb > 0, "recuperer": facts.mail.recover_days > 0}.get(slug, True)


def _line(text: str) -> SafeString:
    """Between backticks: what one presses or types."""
    facts = academy()
    figures = {
        "limit": facts.mail.message_limit_mb, "recover_days": facts.mail.recover_days, "link_days": facts.links.days,
    }  # fmt: skip
    said = text
    for name, figure in figures.items():
        said = said.replace(f"{{{name}}}", str(figure))
    pieces = re.split(r"`([^`]+)`", said)
    plain, typed = pieces[::2], [*pieces[1::2], ""]
    return format_html_join("", "{}{}", ((one, _key(key)) for one, key in zip(plain, typed, strict=True)))


def _key(typed: str) -> SafeString | str:
    return format_html("<kbd>{}</kbd>", typed) if typed else ""
