"""Shared by tests: acts."""

import re

from django.http import HttpResponse

from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

UNDO = r'action="(/webmail/marques/annulation/)".*?name="fait" value="([^"]+)"'
ACTS = (
    "archivage",
    "suppression",
    "deplacement",
    "indesirables",
    "lecture",
    "lecture/retrait",
    "suivi",
    "suivi/retrait",
)


def after(desk: MailBrowser, response: HttpResponse) -> str:
    return body(desk.get(response["Location"]))


def take_back(desk: MailBrowser, page: str) -> str:
    word = re.search(UNDO, page, re.DOTALL)
    assert word
    return after(desk, desk.post(word[1], {"fait": word[2], "retour": desk.url()}))
