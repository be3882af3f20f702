"""What of a mail's HTML may reach the reader's browser. Runs in the worker only: hostile input may crash any of it.

Style sheets are first written into the elements they style (`css_inline`), then everything passes an allow-list of
elements and attributes (`nh3`), each value checked by kind. The frame in which the result is shown, and its own
policy, are a second wall.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import css_inline
import nh3
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.mime.html_depth import is_too_deep
from vaguemestre.mailbox.sandbox.cleaner import dark_colours
from vaguemestre.mailbox.sandbox.cleaner.allowed_styles import allowed_style, colour
from vaguemestre.mailbox.sandbox.cleaner.link_checks import names_a_site, with_link_checks
from vaguemestre.mailbox.sandbox.cleaner.quoted_html import mark_folds
from vaguemestre.mailbox.sandbox.cleaner.remote_images import find_invisible, marked_address

OUTPUT_LIMIT = 4 * 1024 * 1024
_DATA_IMAGE_LIMIT = 256 * 1024
_DATA_IMAGES_LIMIT = 1024 * 1024
_TEXT_LIMIT = 1000
_LINK_LIMIT = 8000

_TAGS_WORDS = """
a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl
dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp
section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr
"""
_TAGS = set(_TAGS_WORDS.split())
# Gone with all they hold; any other unknown element goes and leaves its text.
_GONE_WORDS = """
applet audio canvas datalist embed frame frameset iframe math noembed noframes noscript object option plaintext
script select style svg template textarea title video xmp
"""
GONE = set(_GONE_WORDS.split())
_ANY = {"style", "title", "dir", "lang", "align", "valign", "bgcolor", "width", "height"}
_ATTRIBUTES = {
    "*": _ANY,
    "a": {"href"},
    "img": {"src", "alt", "border", "hspace", "vspace"},
    "table": {"border", "cellpadding", "cellspacing", "background"},
    "td": {"colspan", "rowspan", "nowrap", "background"},
    "th": {"colspan", "rowspan", "nowrap", "scope", "background"},
    "tr": {"background"},
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value", "type"},
    "hr": {"size", "color", "noshade"},
    "br": {"clear"},
    "blockquote": {"type"},
}
# As most are written: nothing in it is read in another way.
_PLAIN_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?:[/?#][!-\[\]-~]*)?")
_LINK = re.compile(r"(?i)(https?://|mailto:|tel:)[^\s\x00-\x1f]+")
_BREAKS = re.compile(r"[\t\r\n]")
_WEB = re.compile(r"(?is)(https?:)[/\\]{2,}([^?#]*)(.*)")
_REMOTE = re.compile(r"(?i)\s*(?:https?:|ftp:|[/\\]{2})")
_DATA_IMAGE = re.compile(r"(?i)data:image/(?:png|gif|jpe?g|webp);base64,([a-z0-9+/=\s]+)")
_IMAGE_STARTS = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF")
_INLINER = css_inline.CSSInliner(
    inline_style_tags=True, keep_style_tags=False, keep_link_tags=False, load_remote_stylesheets=False, cache=None
)


class HtmlRefusedError(Exception):
    """The document is not cleaned; the word says why."""


def _length(value: str) -> str | None:
    return value.strip() if re.fullmatch(r"\s*[0-9]{1,4}(?:\.[0-9]{1,3})?(?:px|%)?\s*", value) else None


def _number(value: str) -> str | None:
    return value.strip() if re.fullmatch(r"\s*[+-]?[0-9]{1,3}\s*", value) else None


def _word(value: str) -> str | None:
    return value if re.fullmatch(r"[A-Za-z0-9 -]{0,30}", value) else None


def _text(value: str) -> str | None:
    return value[:_TEXT_LIMIT]


def _face(value: str) -> str | None:
    return value if re.fullmatch(r"[\w ,'.\-]{1,200}", value) else None


def _href(value: str) -> str | None:
    if len(value) <= _LINK_LIMIT and _PLAIN_LINK.fullmatch(value):
        return value
    # Browsers drop tabs and line ends inside an address, and a backslash is a slash to them: judge what they would see.
    address = _BREAKS.sub("", value).strip()
    if web := _WEB.fullmatch(address):
        address = f"{web[1]}//{web[2].replace(chr(92), '/')}{web[3]}"
    return address if _LINK.fullmatch(address) and len(address) <= _LINK_LIMIT else None


CHECKS: dict[str, Callable[[str], str | None]] = {
    "width": _length, "height": _length, "border": _length, "cellpadding": _length, "cellspacing": _length,
    "hspace": _length, "vspace": _length, "colspan": _number, "rowspan": _number, "span": _number, "start": _number,
    "value": _number, "size": _number, "bgcolor": colour, "color": colour, "title": _text, "alt": _text, "lang": _word,
    "dir": _word, "align": _word, "valign": _word, "scope": _word, "type": _word, "clear": _word, "nowrap": _word,
    "noshade": _word, "reversed": _word, "face": _face, "href": _href,
}  # fmt: skip


class Result(NamedTuple):
    """`remote`: how many remote images there are, shown or not; `spies`: how many of them nobody would see. `look`:
    whose colours it has, see `colours`."""

    html: str
    remote: int
    spies: int
    look: dark_colours.Look


@dataclass(slots=True)
class Attributes:
    """Judges one attribute after another, and counts what was left out of one document. `images`: the remote ones get
    an address under `mark` as well; but `spies`, which tell that the mail was opened and show nothing, never do."""

    mark: str
    images: bool = False
    spies: frozenset[str] = frozenset()
    remote: int = 0
    caught: int = 0
    data_images: int = 0
    look: dark_colours.Look = "plain"
    styles: dict[str, str | None] = field(default_factory=dict)  # judged; thousands of elements have a dozen

    def judge(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return self.styles[value] if value in self.styles else self._style(value)
        if name in {"rel", "target"}:
            return value  # ours: those of the mail were not let in
        if name == "background":
            return self._remote(value) if _REMOTE.match(value) else None
        if name == "src":
            return self._image(value.strip()) if tag == "img" else None
        if name == "title" and (tag == "a" or names_a_site(value)):
            return None  # it would pretend to be where the link leads, which may stand inside
        check = CHECKS.get(name)
        return check(value) if check else None

    def _style(self, value: str) -> str | None:
        style = allowed_style(value)
        self.remote += style.remote
        kept = dark_colours.dark_style(style.kept) if self.look == "inked" else style.kept
        if self.images and style.background and (address := marked_address(self.mark, "i", style.background)):
            return f"{kept};background-image:url({address})"
        if not style.remote:  # those are counted each time
            self.styles[value] = kept or None
        return kept or None

    def _remote(self, address: str) -> str | None:
        self.remote += 1
        if address.strip() in self.spies:
            self.caught += 1
            return None
        return marked_address(self.mark, "i", address) if self.images else None

    def _image(self, address: str) -> str | None:
        if address[:4].lower() == "cid:":
            return f"https://{self.mark}.invalid/c/{_content_id(address[4:]).encode().hex()}"
        if _REMOTE.match(address):
            return self._remote(address)
        match = _DATA_IMAGE.fullmatch(address) if len(address) <= _DATA_IMAGE_LIMIT else None
        if match is None or self.data_images + len(address) > _DATA_IMAGES_LIMIT or not _is_image(match[1]):
            return None
        self.data_images += len(address)
        return address


def clean_html(html: str, mark: str, *, images: bool = False, links: bool = False, reading: bool = False) -> Result:
    """The harmless HTML. Inline images get an address under `mark`, remote ones with `images`, and with `links` those
    that must not be followed without a question. `reading`: what may be folded stands between two marks, and inks have
    a value for a dark sheet."""
    tree = LexborHTMLParser(html)
    if is_too_deep(tree):
        raise HtmlRefusedError("depth")
    if re.search(r"(?i)<style", html):
        html = inline_styles(html)
        tree = LexborHTMLParser(html)
    attributes = Attributes(mark, images, find_invisible(tree))
    if reading:
        attributes.look = dark_colours.look_of(tree)
        html = _prepared(html, tree, attributes)
    result = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=attributes.judge,
        url_schemes={"http", "https", "mailto", "tel", "data", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    result = _wrapped(result, tree, attributes)
    if links:
        result = with_link_checks(result, mark)
    if len(result.encode()) > OUTPUT_LIMIT:
        raise HtmlRefusedError("output")
    return Result(result, attributes.remote, attributes.caught, attributes.look)


def _prepared(html: str, tree: LexborHTMLParser, attributes: Attributes) -> str:
    """For a reader. Before the cleaning, so that this has the last word on it."""
    moved = attributes.look == "inked" and dark_colours.move_to_style(tree)
    return (tree.html or "") if mark_folds(tree, attributes.mark) or moved else html


def inline_styles(html: str) -> str:
    """Without its style sheets when these cannot be read: plainer, but all of the mail."""
    try:
        result = _INLINER.inline(html)
    except css_inline.InlineError:
        return html
    if len(result) > OUTPUT_LIMIT:
        raise HtmlRefusedError("output")
    return result


def _wrapped(result: str, tree: LexborHTMLParser, attributes: Attributes) -> str:
    """The page's own colours, which stand on <body>, an element that the frame has already."""
    given = tree.body.attributes if tree.body else {}
    style = attributes.judge("body", "style", given.get("style") or "") or ""
    if behind := attributes.judge("body", "background", given.get("background") or ""):
        style = f"{style};background-image:url({behind})"
    for name, rule in (("bgcolor", "background-color"), ("text", "color")):
        if value := colour(given.get(name) or ""):
            style = f"{rule}:{value};{style}"
    style = style.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<div style="{style}">{result}</div>' if style else result


def _content_id(text: str) -> str:
    """As in the part's own header: percent signs are undone (RFC 2392)."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), text[:400]).strip("<> ")


def _is_image(encoded: str) -> bool:
    """One that a browser draws without falling over."""
    try:
        digits = "".join(encoded.split())
        content = b64decode(digits[: len(digits) // 4 * 4])
    except Base64Error:
        return False
    return content.startswith(_IMAGE_STARTS) and not file_signatures.has_too_many_points(content)
