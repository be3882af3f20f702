"""`python -m vaguemestre.mailbox.converter.tables SOURCE TARGET`: the tables of a page.

What school software exports "to Excel" is often a page under the name of a spreadsheet. What is read of it goes on to
LibreOffice: cells, their words, how many places they fill. No address, no picture, no style, no script; no formula
either, for none was meant.
"""

import re
import sys
from html import unescape
from pathlib import Path

import nh3

from vaguemestre.mailbox import charsets

_WORDS = {"b", "br", "caption", "center", "div", "em", "h1", "h2", "h3", "h4", "i", "p", "span", "strong", "u"}
_TAGS = _WORDS | {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_GONE = {"head", "iframe", "math", "object", "script", "select", "style", "svg", "template", "textarea", "title", "xml"}
_CELL = {"colspan", "rowspan", "align"}
_META = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""")
_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"
_ODD = re.compile(rf">((?:\s|&nbsp;|[{_UNSEEN}])*+)([=+\-@\d][^<]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:[.,]\d{1,10})?")
_AS_IT_STANDS = "\u200b"  # what begins with a sign that nobody sees is taken for words


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.write_text(plain(source.read_bytes()), encoding="utf-8")


def plain(raw: bytes) -> str:
    said = _META.search(raw[:4096])
    html = nh3.clean(
        charsets.decode(raw, said[1].decode("ascii") if said else ""),
        tags=_TAGS, clean_content_tags=_GONE, attributes={"td": _CELL, "th": _CELL}, attribute_filter=_attribute,
        url_schemes=set(), link_rel=None, strip_comments=True,
    )  # fmt: skip
    html = _ODD.sub(_word, html).replace("<table>", '<table border="1">')
    return f'<!doctype html><meta charset="utf-8"><body>{html}</body>'


def _attribute(_tag: str, _name: str, value: str) -> str | None:
    return value if re.fullmatch(r"[1-9]\d{0,2}|left|right|center", value.strip().lower()) else None


def _word(found: re.Match[str]) -> str:
    """A formula, a number that begins with nought, a long one, a date: as it was written."""
    text = unescape(found[2]).strip()
    return found[0] if _NUMBER.fullmatch(text) else f">{found[1]}{_AS_IT_STANDS}{found[2]}"


if __name__ == "__main__":
    main()
