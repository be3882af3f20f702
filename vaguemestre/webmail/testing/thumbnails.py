"""Shared by tests: thumbnails."""

import re
from html import unescape

JPEG = b"\xff\xd8\xff"


def thumbs(html: str) -> list[str]:
    return [unescape(src) for src in re.findall(r'<img src="([^"]*/miniatures/[^"]*)"', html)]
