"""Plain text as it is read: links that can be followed, what is quoted folded away, the signature in soft ink."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from vaguemestre.mailbox.html.link_redirectors import final_destination
from vaguemestre.mailbox.mime.quoted_text import split_passages
from vaguemestre.mailbox.sandbox.cleaner import LISTED, Lead, Way
from vaguemestre.mailbox.sandbox.cleaner.link_checks import TURNS, has_direction_signs, is_obscured, legible_address
from vaguemestre.web.url_cache import reverse

SIGNATURE = "-- "
LINK = re.compile(
    r"(?P<url>https?://[^\s<>\"“”«»]{1,2000})|(?P<mail>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})"
)
MOST_LINKS = 5000  # of a message: beyond that it is a list for a machine, and no page that a browser draws
TRAILING = f".,;:!?)]}}'’…»{TURNS}"


@dataclass(frozen=True, slots=True)
class Block:
    kind: str  # "text", "quote", "signature"
    html: SafeString
    folded: bool = False


def unrewritten(address: str, _misleads: bool) -> Way:
    return Way(address)


def blocks(text: str, *, forwarded: bool = False, leads: Lead = unrewritten) -> list[Block]:
    too_many = text.count("://") + text.count("@") > MOST_LINKS

    def made(said: str) -> SafeString:
        return escape(said) if too_many else linked_text(said, leads)

    return [Block(part.kind, made(part.text), part.folded) for part in split_passages(text, forwarded=forwarded)]


def linked_text(text: str, leads: Lead = unrewritten) -> SafeString:
    """Escaped, with its addresses made links. Only http, https and our own writing page."""
    return mark_safe("".join(_pieces(text, leads)))  # noqa: S308  # every piece comes from format_html


def _pieces(text: str, leads: Lead) -> Iterator[SafeString]:
    place, apart = 0, has_direction_signs(text)
    for match in LINK.finditer(text):
        found = match.group().rstrip(TRAILING)
        if ")" in match.group() and found.count("(") > found.count(")"):
            found += ")"
        yield format_html("{}", text[place : match.start()])
        frame = "<bdi>{}</bdi>" if apart else "{}"
        if match.lastgroup == "mail":
            yield _address(found, format_html(frame, found))
        else:
            way = leads(found, is_obscured(final_destination(found)))
            yield _link(way, format_html(frame, legible_address(way.to or found)))
        place = match.start() + len(found)
    yield format_html("{}", text[place:])


def _address(found: str, shown: SafeString) -> SafeString:
    return format_html('<a href="{}?{}">{}</a>', reverse("webmail:compose-new"), urlencode({"a": found}), shown)


def _link(way: Way, shown: SafeString) -> SafeString:
    mark = SafeString(LISTED if way.listed else "")
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow"{}>{}</a>', way.url, mark, shown)
