"""Shared by tests: search."""

import re
from html import unescape
from urllib.parse import quote

from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

URL = "/webmail/recherche/"
ROW = re.compile(r'<li class="row" id="l([0-9a-f]{32}-\d+)"')


def look(desk: MailBrowser, text: str, tail: str = "", **headers: str) -> str:
    return body(desk.get(f"{URL}?q={quote(text)}{tail}", **headers))


def rows(html: str) -> list[str]:
    """The boxes of the rows, each a folder and a number."""
    return ROW.findall(html)


def subjects(html: str) -> list[str]:
    found = re.findall(r'<span class="row-subject cut">(.*?)</span>', html)
    return [unescape(re.sub(r"</?mark>", "", one)) for one in found]


def title(html: str) -> str:
    found = re.search(r'id="titre-liste"[^>]*>([^<]*)<', html)
    assert found
    return unescape(found[1])
