"""Shared by tests: press."""

from vaguemestre.webmail.testing.browser import HTMX

PRESS = {**HTMX, "Purpose": "prefetch", "X-Press": "1"}
