"""Shared by tests: thumbnails."""

import re
from html import unescape

JPEG = b"\xff\xd8\xff"


def thumbs(html: str) -> list[str]:
    """Of the cards of a message, not of the rows beside it."""
    found = [unescape(src) for src in re.findall(r'<img src="([^"]*/miniatures/[^"]*)"', html)]
    return [src for src in found if "ligne=" not in src]
