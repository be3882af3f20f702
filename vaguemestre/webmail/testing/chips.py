"""Shared by tests: chips."""

import re
from html import unescape


def people(html: str, name: str) -> list[str]:
    """As the form would send them."""
    return [unescape(value) for value in re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', html)]
