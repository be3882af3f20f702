"""Passages folded away: the worker marks where they begin and end, the client puts its words there.

Only our own markup folds: the elements for it are not among those that a mail may use.
"""

from collections.abc import Mapping
from html import escape

QUOTE, SIGNATURE = "quote", "signature"
LANGUAGE = "lang"  # among the words: theirs, where the mail is in another


def begin_mark(mark: str, kind: str) -> str:
    return f"{mark}-{kind}-begins"


def end_mark(mark: str, kind: str) -> str:
    return f"{mark}-{kind}-ends"


def with_folds(html: str, mark: str, words: Mapping[str, str]) -> str:
    """`words`: what is written on each kind of fold. Where the cleaning has moved a mark, nothing is folded."""
    spoken = f' lang="{escape(words[LANGUAGE])}"' if words.get(LANGUAGE) else ""
    for kind in (QUOTE, SIGNATURE):
        first, last, summary = begin_mark(mark, kind), end_mark(mark, kind), escape(words.get(kind, ""))
        whole = html.count(first) == html.count(last) == 1 and html.index(first) < html.index(last)
        if summary and whole:
            html = html.replace(first, f'<details class="{kind}"><summary{spoken}>{summary}</summary>')
            html = html.replace(last, "</details>")
        else:
            html = html.replace(first, "").replace(last, "")
    return html
