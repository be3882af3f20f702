"""What of the HTML of a letter being written is kept and sent. Runs in the worker: it comes from a form, which anybody
can forge, or from the message that is quoted.

Less than what a reader may see (`policy`): what every mail program shows. The editor keeps styles in `data-style`,
because the content policy of our pages refuses the attribute `style`; here both are the same.
"""

import re

import nh3
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.mailbox.mime.html_depth import is_too_deep
from vaguemestre.mailbox.sandbox.cleaner.allow_list import CHECKS, GONE, OUTPUT_LIMIT, HtmlRefusedError, inline_styles
from vaguemestre.mailbox.sandbox.cleaner.allowed_styles import allowed_style
from vaguemestre.mailbox.sandbox.cleaner.plain_text import composed_text

_TAGS_WORDS = """
a b bdi bdo blockquote br caption code col colgroup div em font h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span
strong sub sup table tbody td tfoot th thead tr u ul
"""
_TAGS = set(_TAGS_WORDS.split())
_CLASSES = frozenset({"signature", *(f"ink-{ink}" for ink in ("slate", "moss", "brick", "ochre", "grey")),
                      "size-small", "size-large", "size-huge", "mark-ochre"})  # fmt: skip
_ATTRIBUTES = {
    "*": {"style", "class", "dir", "lang", "align", "valign", "bgcolor", "width", "height"},
    "a": {"href"},
    "img": {"src", "alt"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "blockquote": {"type"},
}
_LENGTH_LIMIT = 400  # of a style; those that programs write for themselves are far longer


def clean_composed_html(html: str, mark: str) -> tuple[str, str]:
    """The HTML, where each image has its address under `mark` (`s`), and the same as plain text."""
    tree = LexborHTMLParser(html)
    if is_too_deep(tree):
        raise HtmlRefusedError("depth")
    if re.search(r"(?i)<style", html):
        tree = LexborHTMLParser(inline_styles(html))
    for node in tree.css("[data-style]"):
        node.attrs["style"] = node.attributes["data-style"] or ""
    result = nh3.clean(
        tree.body.inner_html or "" if tree.body else "",
        tags=_TAGS,
        clean_content_tags=GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _tag, name, value: _judged(name, value, mark),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel=None,
        strip_comments=True,
    )
    result = re.sub(r"<img(?: (?!src=)[a-z]+=\"[^\"]*\")*>", "", result)  # without an address it shows nothing
    if len(result.encode()) > OUTPUT_LIMIT:
        raise HtmlRefusedError("output")
    return result, composed_text(result)


def _judged(name: str, value: str, mark: str) -> str | None:
    if name == "style":
        return allowed_style(value).kept or None if len(value) <= _LENGTH_LIMIT else None
    if name == "class":
        return " ".join(word for word in value.split() if word in _CLASSES) or None
    if name == "src":
        return f"https://{mark}.invalid/s/{value.strip()[:2000].encode('utf-8', 'replace').hex()}"
    check = CHECKS.get(name)
    return check(value) if check else None
