"""Plain text as it is read: links that can be followed, what is quoted folded away, the signature in soft ink."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from vaguemestre.mailbox.quoting import passages

SIGNATURE = "-- "
LINK = re.compile(
    r"(?P<url>https?://[^\s<>\"“”«»]{1,2000})|(?P<mail>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})"
)
MOST_LINKS = 5000  # of a message: beyond that it is a list for a machine, and no page that a browser draws
TRAILING = ".,;:!?)]}'’…»"


@dataclass(frozen=True, slots=True)
class Block:
    kind: str  # "text", "quote", "signature"
    html: SafeString
    folded: bool = False


def blocks(text: str, *, forwarded: bool = False) -> list[Block]:
    made = escape if text.count("://") + text.count("@") > MOST_LINKS else linked
    return [Block(part.kind, made(part.text), part.folded) for part in passages(text, forwarded=forwarded)]


def linked(text: str) -> SafeString:
    """Escaped, with its addresses made links. Only http, https and our own writing page."""
    return mark_safe("".join(_pieces(text)))  # noqa: S308  # every piece comes from format_html


def _pieces(text: str) -> Iterator[SafeString]:
    place = 0
    for match in LINK.finditer(text):
        found = match.group().rstrip(TRAILING)
        if ")" in match.group() and found.count("(") > found.count(")"):
            found += ")"
        yield format_html("{}", text[place : match.start()])
        yield _link(found, is_mail=match.lastgroup == "mail")
        place = match.start() + len(found)
    yield format_html("{}", text[place:])


def _link(found: str, *, is_mail: bool) -> SafeString:
    if is_mail:
        return format_html('<a href="{}?{}">{}</a>', reverse("webmail:compose-new"), urlencode({"a": found}), found)
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', found, found)
