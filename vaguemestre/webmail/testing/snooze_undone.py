"""Shared by tests: snooze undone."""

from __future__ import annotations

import re

from django.http import HttpResponse

from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body


def undo_of(desk: MailBrowser, response: HttpResponse) -> tuple[str, dict[str, object]]:
    """What its notice would post."""
    page = body(desk.get(response["Location"]))
    if address := re.search(r'action="(/webmail/travaux/[0-9a-f]{32}/annulation/)"', page):
        return address[1], {}
    word = re.search(r'name="fait" value="([^"]+)"', page)
    assert word
    return "/webmail/annulation/", {"fait": word[1]}
