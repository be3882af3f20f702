"""A formatted text in plain words, for those who read no HTML: lists, quotations and links as people type them.

Runs in the worker, on what the allow-list has left.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from vaguemestre.mailbox.mime.html_depth import is_too_deep
from vaguemestre.mailbox.mime.text_parts import html_to_text

_BLOCKS_WORDS = """
address article aside blockquote body caption center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr
li main nav ol p pre section table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"})  # an empty line around
_LISTS = frozenset({"ul", "ol"})
_CELLS = frozenset({"td", "th"})
_DEPTH_LIMIT = 110  # levels, of which each takes some calls; beyond them it is laid out without its quotation marks
SIGNATURE = "-- "
_NBSP = "\xa0"
_HIDDEN = re.compile(r"(?i)(?:^|;)\s*display\s*:\s*none")


@dataclass(slots=True)
class _Lines:
    """Finished lines, and the one being written. `gap`: an empty line is owed before the next words."""

    done: list[str] = field(default_factory=list)
    line: str = ""
    begun: bool = False
    gap: bool = False

    def say(self, words: str) -> None:
        if not self.line:
            words = words.lstrip(" ")
        elif self.line.endswith(" "):
            words = words.removeprefix(" ")
        if words:
            self._pay()
            self.line += words
            self.begun = True

    def end(self, *, always: bool = False) -> None:
        if self.begun or always:
            self.done.append(_tidied(self.line))
        self.line, self.begun = "", False

    def add(self, lines: list[str], *, spaced: bool) -> None:
        self.end()
        self.gap = self.gap or spaced
        if lines:
            self._pay()
            self.done.extend(lines)
            self.gap = spaced

    def _pay(self) -> None:
        if self.gap and self.done and self.done[-1]:
            self.done.append("")
        self.gap = False


def composed_text(html: str) -> str:
    """Of a letter being written."""
    return _worded(LexborHTMLParser(html), html)


def reading_text(html: str) -> str:
    """Of a mail as it came: what its pictures say of themselves too, and no more room than one empty line."""
    tree = LexborHTMLParser(html)
    for picture in tree.css("img[alt]"):
        if said := " ".join((picture.attributes["alt"] or "").split()):
            picture.insert_before(f"[{said}]")
    lines = _worded(tree, html).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join("" if _is_blank(line) else line for line in lines)).strip("\n")


def _worded(tree: LexborHTMLParser, html: str) -> str:
    if tree.body is None:
        return ""
    if is_too_deep(tree, _DEPTH_LIMIT):
        return html_to_text(html)
    return "\n".join(_lines_in(tree.body)).rstrip("\n")


def _is_blank(line: str) -> bool:
    """Newsletters fill the first lines of a list with signs that nobody sees."""
    return not line.strip(" \xa0\u00ad\u034f\u200b\u200c\u200d\u2007\u2060\ufeff")


def _lines_in(node: LexborNode) -> list[str]:
    lines = _Lines()
    _children(node, lines)
    lines.end()
    return lines.done


def _children(node: LexborNode, lines: _Lines) -> None:
    for child in node.iter(include_text=True):
        _one(child, lines)


def _one(node: LexborNode, lines: _Lines) -> None:
    tag = node.tag
    if tag == "-text":
        lines.say(re.sub(r"[ \t\r\n\f]+", " ", node.text_content or ""))
    elif tag == "br":
        lines.end(always=True)
    elif not tag or tag.startswith("-") or _HIDDEN.search(node.attributes.get("style") or ""):
        return  # a comment, or what is not seen
    elif tag == "a":
        _link(node, lines)
    elif tag in _BLOCKS:
        _block(node, lines)
    elif tag in _CELLS:
        _cell(node, lines)
    else:
        _children(node, lines)


def _block(node: LexborNode, lines: _Lines) -> None:
    tag = node.tag or ""
    inside = tag in _LISTS and node.parent is not None and node.parent.tag == "li"
    lines.add(list(_inner(node, tag)), spaced=tag in _SPACED and not inside)


def _inner(node: LexborNode, tag: str) -> Iterator[str]:
    if tag == "hr":
        yield "-" * 20
    elif tag == "pre":
        yield from (node.text() or "").strip("\n").split("\n")
    elif tag == "blockquote":
        yield from (f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in _lines_in(node))
    elif tag in _LISTS:
        yield from _list(node, tag)
    elif "signature" in (node.attributes.get("class") or "").split() and _is_last(node):
        yield SIGNATURE
        yield from _lines_in(node)
    else:
        yield from _lines_in(node)


def _list(node: LexborNode, tag: str) -> Iterator[str]:
    given = node.attributes.get("start") or ""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 1
    for item in node.iter():
        lines = _lines_in(item)
        head = f"{number}. " if tag == "ol" else "- "
        number += 1
        yield head + (lines[0] if lines else "")
        yield from (" " * len(head) + line if line else "" for line in lines[1:])


def _cell(node: LexborNode, lines: _Lines) -> None:
    """Beside the one before it, unless it holds paragraphs: then it is laid out, not counted."""
    if any(one.tag in _BLOCKS for one in node.iter()):
        _block(node, lines)
        return
    if lines.line.strip():
        lines.say("  ")
    _children(node, lines)


def _link(node: LexborNode, lines: _Lines) -> None:
    address = node.attributes.get("href") or ""
    said = node.text() or ""
    _children(node, lines)
    shown = address.removeprefix("mailto:").partition("?")[0] if address.startswith("mailto:") else address
    bare = re.sub(r"^https?://", "", shown).rstrip("/")
    if bare and re.sub(r"^https?://", "", said.strip()).rstrip("/") != bare:
        lines.say(f" <{shown}>")


def _is_last(node: LexborNode) -> bool:
    """Nothing comes after it: programs take all below the line for the signature (RFC 3676, 4.3)."""
    one: LexborNode | None = node
    while one is not None and one.tag != "body":
        after = one.next
        while after is not None:
            if (after.text() or "").strip() or after.tag == "img":
                return False
            after = after.next
        one = one.parent
    return True


def _tidied(line: str) -> str:
    """Editors put no-break spaces beside other spaces and at the ends of a line, so that these show; those between
    two words are the writer's own."""
    line = re.sub(f"(?<= ){_NBSP}|{_NBSP}(?= )|{_NBSP}(?={_NBSP})|(?<={_NBSP}){_NBSP}", " ", line)
    line = re.sub(f"^{_NBSP}+", lambda found: " " * len(found[0]), line)
    return line if line == SIGNATURE else re.sub(f"[ {_NBSP}]+$", "", line)
