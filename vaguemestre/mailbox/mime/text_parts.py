"""The text of a part as a person reads it."""

import re
from collections.abc import Iterator

from inscriptis import get_text
from inscriptis.css_profiles import RELAXED_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.mime import charsets
from vaguemestre.mailbox.mime.html_depth import is_too_deep

HTML_LIMIT = 256 * 1024  # characters turned into text; a quotation or a fallback needs no more
_META = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""")
# Controls that a page cannot hold; direction marks stay, they belong to Hebrew and Arabic prose.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TURNS = re.compile(f"{_CONTROLS.pattern}|[\u202a-\u202e\u2066-\u2069]")
_LAYOUT = ParserConfig(css=RELAXED_CSS_PROFILE.copy(), display_links=False, display_images=False)


def decode_text(raw: bytes, part: Part, *, limit: int | None = None) -> str:
    """Content of a text part as text with "\\n" line ends; flowed lines are joined. `limit`: as `charsets.decode`."""
    charset = part.charset
    # Dovecot says "us-ascii" for a part that does not say.
    if part.type == "text/html" and charset.lower() in {"", "us-ascii"} and (match := _META.search(raw[:4096])):
        charset = match[1].decode("ascii")
    text = _CONTROLS.sub("", charsets.decode(raw, charset, limit=limit)).replace("\r\n", "\n").replace("\r", "\n")
    if part.type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
        text = "\n".join(_flowed(text.split("\n"), delete_space=part.parameters.get("delsp", "").lower() == "yes"))
    return text


def raw_lines(raw: bytes) -> str:
    """What was never meant to be read by a person, made showable: nothing is decoded but the letters, those of each
    line by themselves where they are not of one charset. Nothing turns the direction of what follows."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = "\n".join(charsets.decode(line) for line in raw.split(b"\n"))
    return _TURNS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


def html_to_text(html: str) -> str:
    """Readable lines, tables kept apart; without links' addresses.

    Some kilobytes of hostile HTML take seconds: from a web process ask `cleaner.html_text`, which does this elsewhere.
    """
    html = html[:HTML_LIMIT]
    if not html.strip():
        return ""
    tree = LexborHTMLParser(html)
    text = _plain(tree) if is_too_deep(tree) else get_text(html, _LAYOUT)
    lines = (line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _plain(tree: LexborHTMLParser) -> str:
    """Words only, from a document too deep to lay out."""
    root = tree.body
    text = root.text(separator=" ") if root else ""
    return re.sub(r"\s+", " ", text)


def _flowed(lines: list[str], *, delete_space: bool) -> Iterator[str]:
    """RFC 3676: a line that ends in a space continues in the next one of the same quoting depth."""
    held, held_depth = "", -1
    for line in lines:
        quote = len(line) - len(line.lstrip(">"))
        body = line[quote:].removeprefix(" ")
        if held_depth >= 0 and quote != held_depth:
            yield _requoted(held.rstrip(" "), held_depth)
            held, held_depth = "", -1
        if body.endswith(" ") and body != "-- ":
            held += body[:-1] if delete_space else body
            held_depth = quote
            continue
        yield _requoted(held + body, quote)
        held, held_depth = "", -1
    if held_depth >= 0:
        yield _requoted(held.rstrip(" "), held_depth)


def _requoted(text: str, quote: int) -> str:
    return f"{'>' * quote} {text}" if quote else text
