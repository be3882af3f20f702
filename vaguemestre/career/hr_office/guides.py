"""« Les guides »: pages in Markdown, written by the HR offices, read by all. Each change is a version; none is lost."""

from dataclasses import dataclass
from datetime import datetime

import nh3
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.career.models import Guide, GuideVersion

# Raw HTML is text for the parser; what it makes is cleaned all the same: two locks, since one may have a flaw.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "table", "tbody",
    "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_SCHEMES = {"https", "mailto", "tel"}
RESERVED = {"nouveau"}  # addresses of the room's own pages


class SlugTakenError(ValueError):
    """A page of this title is there already."""


class GuideOvertakenError(Exception):
    """Somebody has changed the page since this text was taken from it."""


@dataclass(frozen=True, slots=True)
class Row:
    guide: Guide
    newest: GuideVersion


def rows(*, hidden: bool = False) -> list[Row]:
    """By title. Two queries."""
    guides: QuerySet[Guide] = Guide.objects.all() if hidden else Guide.objects.filter(shown=True)
    newest = GuideVersion.objects.filter(guide=OuterRef("pk")).order_by("-number").values("pk")[:1]
    found = {guide.pk: guide for guide in guides.annotate(newest=Subquery(newest))}
    versions = GuideVersion.objects.filter(pk__in=[guide.newest for guide in found.values()])
    return sorted((Row(found[one.guide_id], one) for one in versions), key=lambda row: slugify(row.newest.title))


def newest_of(guide: Guide) -> GuideVersion:
    return guide.versions.order_by("-number")[0]


def write(title: str, summary: str, text: str, *, by: Account, now: datetime) -> Guide:
    """A new page. Raises SlugTakenError."""
    slug = slugify(title)[:80].strip("-")
    if not slug or slug in RESERVED:
        raise SlugTakenError(title)
    try:
        with transaction.atomic():
            guide = Guide.objects.create(slug=slug)
            _add(guide, 1, title, summary, text, by, now)
    except IntegrityError as error:
        raise SlugTakenError(title) from error
    return guide


def write_page(page: str, *, by: Account, now: datetime) -> bool:
    """Of a file: the first line is the title, the second one the summary. False when there is one of that title."""
    title, summary, text = page.split("\n", 2)
    try:
        write(title.removeprefix("# ").strip(), summary.strip(), text.strip(), by=by, now=now)
    except SlugTakenError:
        return False
    return True


def change(guide: Guide, title: str, summary: str, text: str, *, after: int, by: Account, now: datetime) -> bool:
    """`after`: the number of the version that was open while this was written. False when it says the same. Raises
    Overtaken; its address stays, whatever the title becomes."""
    with transaction.atomic():
        Guide.objects.select_for_update().get(pk=guide.pk)
        newest = newest_of(guide)
        if newest.number != after:
            raise GuideOvertakenError
        if (newest.title, newest.summary, newest.text) == (title, summary, text):
            return False
        _add(guide, newest.number + 1, title, summary, text, by, now)
    return True


def go_back(guide: Guide, version: GuideVersion, *, by: Account, now: datetime) -> None:
    """What a former version said becomes the newest one."""
    with transaction.atomic():
        Guide.objects.select_for_update().get(pk=guide.pk)
        newest = newest_of(guide)
        if (newest.title, newest.summary, newest.text) != (version.title, version.summary, version.text):
            _add(guide, newest.number + 1, version.title, version.summary, version.text, by, now)


def show(guide: Guide, *, shown: bool, by: Account) -> None:
    """Withdrawn pages are kept, with their versions."""
    with transaction.atomic():
        if Guide.objects.filter(pk=guide.pk).exclude(shown=shown).update(shown=shown):
            journal.record(
                by.key, "career.guide-shown" if shown else "career.guide-withdrawn", by.key, guide=guide.slug
            )


def as_html(text: str) -> SafeString:
    """Headings begin under the page's own."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + (1 if token.tag == 'h1' else 0), 4)}"
    drawn = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    clean = nh3.clean(
        str(drawn), tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )  # fmt: skip
    return mark_safe(clean)  # noqa: S308 - cleaned by the line above


def _add(guide: Guide, number: int, title: str, summary: str, text: str, by: Account, now: datetime) -> None:
    GuideVersion.objects.create(
        guide=guide, number=number, title=title, summary=summary, text=text, at=now, author=by, signed=by.display_name
    )
    journal.record(by.key, "career.guide-written", by.key, guide=guide.slug, version=number)
