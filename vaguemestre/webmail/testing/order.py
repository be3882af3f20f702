"""Shared by tests: order."""

import re

from vaguemestre.webmail.testing.browser import HTMX

FOLLOWING = {**HTMX, "HX-Target": "nav#suite"}


def subjects(html: str) -> list[str]:
    return re.findall(r'<span class="row-subject cut">([^<]*)</span>', html)
