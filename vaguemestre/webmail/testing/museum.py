"""Shared by tests: museum."""

import re
from html import unescape


def text_in(html: str) -> str:
    text = re.sub(r"(?s)<(style|svg|title)\b.*?</\1>|<[^>]*>", " ", html)
    return re.sub(r"[\s\u00a0\u202f]+", " ", unescape(text))
