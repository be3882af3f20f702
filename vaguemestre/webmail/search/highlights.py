"""Found words marked in what the row says. Every piece of the mail is escaped; only the marks are markup."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString

from vaguemestre.mailbox.mime.search_snippets import find_hits


def highlight(text: str, beginnings: Sequence[str]) -> SafeString:
    pieces: list[str] = []
    end = 0
    for start, stop in find_hits(text, beginnings):
        if start >= end:  # else inside a mark
            pieces += [escape(text[end:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            end = stop
    return SafeString("".join((*pieces, escape(text[end:]))))
