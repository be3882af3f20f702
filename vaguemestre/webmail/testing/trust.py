"""Shared by tests: trust."""

import re
from email.message import EmailMessage
from html import unescape

from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body


def read(desk: MailBrowser, message: EmailMessage | bytes, role: str = "inbox") -> str:
    return unescape(body(desk.get(desk.url(role, f"{desk.put(message, role)}/"))))


def notices(html: str) -> list[str]:
    found = re.findall(
        r'<form id="qui-[^"]*" class="notice notice-line notice-(bad|warn|plain)[^>]*aria-label="Qui a écrit', html
    )
    return [str(tone) for tone in found]
