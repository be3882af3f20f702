"""Shared by tests: museum."""

import re
from html import unescape


def text_in(html: str) -> str:
    html = re.sub(r'<span\s+class="cut">([^<]*)</span>(?=[^\s<])', r"\1", html)  # a name whose end stays in sight
    text = re.sub(r"(?s)<(style|svg|title)\b.*?</\1>|<[^>]*>", " ", html)
    return re.sub(r"[\s\u00a0\u202f]+", " ", unescape(text))
