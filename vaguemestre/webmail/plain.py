"""Plain text as it is read: links that can be followed, what is quoted folded away, the signature in soft ink."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

SIGNATURE = "-- "
LINK = re.compile(
    r"(?P<url>https?://[^\s<>\"“”«»]{1,2000})|(?P<mail>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})"
)
TRAILING = ".,;:!?)]}'’…»"
BLOCK_LIMIT = 400  # more changes between quoted and not than any person writes: shown as it is


@dataclass(frozen=True, slots=True)
class Block:
    kind: str  # "text", "quote", "signature"
    html: SafeString


def blocks(text: str) -> list[Block]:
    body, signature = _split_signature(text.replace("\r\n", "\n").rstrip())
    found = list(_runs(body))
    if len(found) > BLOCK_LIMIT:
        return [Block("text", linked(body))]
    return found + ([Block("signature", linked(signature))] if signature else [])


def linked(text: str) -> SafeString:
    """Escaped, with its addresses made links. Only http, https and our own writing page."""
    return mark_safe("".join(_pieces(text)))  # noqa: S308  # every piece comes from format_html


def unquoted(line: str) -> str:
    return re.sub(r"^>\s?", "", line)


def _split_signature(text: str) -> tuple[str, str]:
    head, separator, tail = text.rpartition(f"\n{SIGNATURE}\n")
    if separator and tail.count("\n") < 12 and not tail.lstrip().startswith(">"):
        return head, tail
    return text, ""


def _runs(text: str) -> Iterator[Block]:
    for quoted, lines in groupby(text.split("\n"), lambda line: line.startswith(">")):
        run = "\n".join(unquoted(line) if quoted else line for line in lines).strip("\n")
        if run.strip():
            yield Block("quote" if quoted else "text", linked(run))


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
