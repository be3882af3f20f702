"""The words round a hit, from the beginning of a text. What comes out is text: whoever shows it escapes it."""

import html
import re
from collections.abc import Sequence

from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.mime import charsets
from vaguemestre.mailbox.mime.header_text import clean_text
from vaguemestre.mailbox.mime.word_stems import fold, fold_long

WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_BEFORE, _AFTER = 26, 174  # of a row, a phone shows forty signs
# Only to pick out words: nothing of it is ever shown as HTML. Each alternative ends at the first ">" it meets.
_NOT_TEXT = re.compile(
    r"(?is)<(?:style|script|head|title)\b[^>]*>.*?(?:</(?:style|script|head|title)\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^>]*(?:>|\Z)"
)


def snippet_text(raw: bytes, part: Part, limit: int) -> str:
    """The beginning of a part that the server has already decoded; at the limit its last character may be cut."""
    text = charsets.decode(raw, part.charset, limit=limit)
    if part.type == "text/html":
        text = html.unescape(_NOT_TEXT.sub(" ", text))
    return clean_text(" ".join(text.split())).rstrip("\ufffd")


def has_hit(text: str, beginnings: Sequence[str]) -> bool:
    return any(True for _ in find_hits(text, beginnings))


def find_hits(text: str, beginnings: Sequence[str]) -> list[tuple[int, int]]:
    """Where the found words stand: those that begin so, and behind "=" those that are so."""
    wanted = tuple(begin for begin in beginnings if begin[0] != "=")
    whole = {begin[1:] for begin in beginnings if begin[0] == "="}
    words = ((match.span(), fold(match[0])) for match in WORD.finditer(text) if beginnings)
    spans = [span for span, word in words if word.startswith(wanted) or word in whole]
    # An address or a name with joints is asked for whole.
    joined = [begin for begin in wanted if not begin.isalnum()]
    for begin in joined:
        spans += [match.span() for match in re.finditer(re.escape(begin), text, re.IGNORECASE)]
    return sorted(spans)


def excerpt(text: str, beginnings: Sequence[str]) -> str:
    """ "" when the text shows no hit."""
    found = find_hits(text, beginnings)
    if not found:
        return ""
    start, end = max(0, found[0][0] - _BEFORE), found[0][1] + _AFTER
    start = text.find(" ", start, found[0][0]) + 1 if start and " " in text[start : found[0][0]] else start
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def has_phrase(text: str, phrase: str) -> bool:
    """These words one after the other, the last one perhaps only begun; what stands between them does not matter."""
    words = [re.escape(fold(match[0])) for match in WORD.finditer(phrase)]
    return re.search(r"(?<![^\W_])" + r"[\W_]+".join(words), fold_long(text)) is not None
