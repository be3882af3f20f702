"""Shared by tests: conversations."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from vaguemestre.mailbox.values import Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import MailBrowser


@dataclass
class Exchange:
    """Sophie asks, I answer, Luc adds a word: two in the inbox, one in Sent."""

    desk: MailBrowser
    asked: int = 0
    answered: int = 0
    added: int = 0
    known: list[str] = field(default_factory=list)

    def put(
        self, text: str, *, sender: str = "", role: str = "inbox", flags: tuple[str, ...] = (), subject: str = "Sortie"
    ) -> Uid:
        name = f"<m{len(self.known)}@x.example>"
        headers = {"References": " ".join(self.known)} if self.known else {}
        sender = sender or f"Mathilde Lefèvre <{self.desk.mail.address}>"
        message = letter(self.desk.mail.address, sender=sender, subject=subject, text=text, Message_ID=name, **headers)
        del message["Date"]  # each was written a minute after the one before
        message["Date"] = timezone.localtime() - timedelta(minutes=60 - len(self.known))
        self.known.append(name)
        return self.desk.put(message, role, flags=flags)

    @property
    def url(self) -> str:
        return self.desk.url(tail=f"{self.added}/")


def rows(html: str) -> list[str]:
    return re.findall(r'<li class="row".*?</li>', html, re.DOTALL)


def sections(html: str) -> list[str]:
    return re.findall(r'<section class="message.*?</section>', html, re.DOTALL)
