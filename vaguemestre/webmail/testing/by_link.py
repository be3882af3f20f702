"""Shared by tests: by link."""

import re
from email.message import Message
from typing import cast

from django.test import Client

from vaguemestre.handouts.encrypted_file import CHUNK
from vaguemestre.handouts.models import Handout
from vaguemestre.strangers import from_files
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

OCTETS = b"\0\1\2\3" * (CHUNK // 4) + b"la fin"
LINK = re.compile(r"https?://[^/]+(/fichiers/\?lien=[\w-]+)")


def send_in_pieces(desk: MailBrowser, key: str, octets: bytes = OCTETS, name: str = "film.mp4") -> Handout:
    """As the sheet's script does."""
    data = {"nom": name, "taille": str(len(octets)), "type": "video/mp4", "pause": "1", "modifie": "7"}
    begun = desk.write(key, "liens/", **data)
    assert begun.status_code == 201, body(begun)
    here = int(begun["X-Received"])
    while here < len(octets):
        piece = octets[here : here + CHUNK]
        answer = desk.client.post(f"{begun['Location']}?a={here}", piece, content_type="application/octet-stream")
        assert answer.status_code == 204
        here = int(answer["X-Received"])
    return Handout.objects.get(letter=key, name=name)


def parts(message: Message) -> dict[str, str]:
    return {
        part.get_content_type(): cast(bytes, part.get_payload(decode=True)).decode()
        for part in message.walk()
        if not part.is_multipart()
    }


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found, text
    return found[1]


def fetched(link: str) -> bytes:
    """By a browser that nobody knows."""
    answer = from_files(Client().get(link.replace("/fichiers/", "/fichiers/octets/")))
    assert answer.status == 200
    return answer.content
