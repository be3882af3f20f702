"""Where the earlier message begins in a mail's HTML, by the traces that each program leaves. Runs in the worker.

Only what ends the message is folded, and only below somebody's own words: a forward and answers between the lines stay.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from vaguemestre.mailbox.mime.quoted_text import is_attribution, is_forwarded
from vaguemestre.mailbox.sandbox.cleaner.fold_marks import QUOTE, SIGNATURE, begin_mark, end_mark

# All that follows these is the earlier message: Outlook on the web and on phones, old Outlook, Zimbra.
_HEADS = (
    "#appendonsend, #divRplyFwdMsg, #mail-editor-reference-message-container, #ms-outlook-mobile-body-separator-line,"
    "div.OutlookMessageHeader, #OLK_SRC_BODY_SECTION, #zwchr, [data-marker=__DIVIDER__]"
)
# These hold it: Gmail, Yahoo, Proton, and the general form.
_HOLDERS = (
    "div.gmail_quote, div.gmail_quote_container, blockquote.gmail_quote, div.yahoo_quoted, div.protonmail_quote,"
    "div.moz-cite-prefix, #reply-intro, blockquote[type=cite i], blockquote"
)
_SIGNATURES = (
    "div.signature, div.gmail_signature, div.moz-signature, pre.moz-signature, #Signature, #signature,"
    "#ms-outlook-mobile-signature, div.protonmail_signature_block, #AppleMailSignature"
)
_HEAD = re.compile(
    r"(?i)(?:de|from|von)\s*: ?\S.{1,300}?\b(?:envoyé(?: le)?|date|sent|gesendet)\s*:.{1,200}?"
    r"\b(?:à|to|an|objet|subject|betreff)\s*:"
)
_FLOW = frozenset({"body", "div", "td", "th", "blockquote", "section", "article", "center", "main", "font", "span"})
_FORWARD = "div.moz-forward-container, table.moz-email-headers-table"
LONG_SIGNATURE = 300  # characters
_LOOKED_AT = 100  # elements that could begin an earlier message


def mark_folds(tree: LexborHTMLParser, mark: str) -> bool:
    """Writes the marks into the tree. Whether there are any."""
    quote = _mark_quote(tree, mark)
    return _mark_signature(tree, mark) or quote


def _mark_quote(tree: LexborHTMLParser, mark: str) -> bool:
    found = _from_head(tree) or _from_holder(tree)
    if found is None or tree.css_first(_FORWARD) is not None:
        return False
    first, last = found
    if not _words_before(first) or is_forwarded(_text(first)[:200]):
        return False
    _surround(first, last, mark, QUOTE)
    return True


def _mark_signature(tree: LexborHTMLParser, mark: str) -> bool:
    """A long one: a short one hides nothing. That of the writer, not of the message answered."""
    node = tree.css_first(_SIGNATURES)
    if node is None or len(_text(node)) < LONG_SIGNATURE or not _words_before(node) or not _foldable(node):
        return False
    if any(parent.tag == "blockquote" for parent in _parents(node)):
        return False
    _surround(node, node, mark, SIGNATURE)
    return True


def _from_head(tree: LexborHTMLParser) -> tuple[LexborNode, LexborNode] | None:
    node = tree.css_first(_HEADS) or _outlook_head(tree)
    if node is None:
        return None
    while node.parent is not None and node.parent.tag != "body" and not (_words_beside(node, before=True)):
        node = node.parent
    last = node
    while last.next is not None:
        last = last.next
    return (node, last) if _foldable(node) and (_text(node) or _words_beside(node, before=False)) else None


def _outlook_head(tree: LexborHTMLParser) -> LexborNode | None:
    """A paragraph that reads "De : … Envoyé : … À : …": what Outlook and Word write leaves no other trace."""
    for bold in tree.css("b, strong")[:_LOOKED_AT]:
        if not re.match(r"(?i)\s*(?:de|from|von)\s*:", bold.text()[:20]):
            continue
        block = next((one for one in _parents(bold) if one.tag in {"p", "div", "td", "body"}), None)
        if block is not None and block.tag != "body" and _HEAD.match(_text(block)[:1500]):
            return block
    return None


def _from_holder(tree: LexborHTMLParser) -> tuple[LexborNode, LexborNode] | None:
    """The first one that begins after some words; nothing but a signature may come after it."""
    for node in tree.css(_HOLDERS)[:_LOOKED_AT]:
        last = node
        if node.tag != "blockquote" and (following := _following(node)) is not None and following.tag == "blockquote":
            last = following
        while node is last and _climbs(node):
            node = last = node.parent  # type: ignore[assignment]  # it has one, or it would not climb
        first = _attribution_before(node) or node
        if not _is_quotation(node, first) or not _words_before(first):
            continue
        return (first, last) if _foldable(first) and not _words_after(last) else None
    return None


def _climbs(node: LexborNode) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.tag not in {"body", "html"}
        and not _words_beside(node, before=True)
        and not _words_beside(node, before=False)
    )


def _is_quotation(node: LexborNode, first: LexborNode) -> bool:
    """A bare blockquote is an indented paragraph, unless somebody is said to have written it."""
    if node.tag != "blockquote" or first is not node:
        return True
    return (node.attributes.get("type") or "").lower() == "cite" or "gmail_quote" in (
        node.attributes.get("class") or ""
    )


def _attribution_before(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and not _text(before) and not _shows(before):
        before = before.prev
    return before if before is not None and is_attribution(_text(before)) else None


def _following(node: LexborNode) -> LexborNode | None:
    after = node.next
    while after is not None and not _text(after) and after.tag != "blockquote":
        after = after.next
    return after


def _surround(first: LexborNode, last: LexborNode, mark: str, kind: str) -> None:
    last.insert_after(end_mark(mark, kind))
    first.insert_before(begin_mark(mark, kind))


def _foldable(node: LexborNode) -> bool:
    """Where a fold may stand: among paragraphs, not inside one."""
    return all(
        parent.tag in _FLOW or parent.tag in {"html", "-document", "table", "tbody", "tr"} for parent in _parents(node)
    ) and (node.parent is not None and node.parent.tag in _FLOW)


def _words_before(node: LexborNode) -> bool:
    return any(_words_beside(one, before=True) for one in (node, *_parents(node)) if one.tag not in {"body", "html"})


def _words_after(node: LexborNode) -> bool:
    return any(_words_beside(one, before=False) for one in (node, *_parents(node)) if one.tag not in {"body", "html"})


def _words_beside(node: LexborNode, *, before: bool) -> bool:
    beside = node.prev if before else node.next
    while beside is not None:
        if not _is_signature(beside) and (_text(beside) or _shows(beside)):
            return True
        beside = beside.prev if before else beside.next
    return False


def _is_signature(node: LexborNode) -> bool:
    return node.is_element_node and node.css_matches(_SIGNATURES)


def _shows(node: LexborNode) -> bool:
    return node.is_element_node and (node.tag == "img" or node.css_first("img") is not None)


def _text(node: LexborNode) -> str:
    if node.is_comment_node or node.tag in {"style", "script", "head", "title"}:
        return ""
    return " ".join((node.text(separator=" ") or "").split())


def _parents(node: LexborNode) -> Iterator[LexborNode]:
    while (parent := node.parent) is not None:
        yield parent
        node = parent
