"""Mail from outside, as another server brings it, and a look into a mailbox as another program has it."""

import imaplib
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from vaguemestre.launcher.testing import Demo


def deliver(demo: Demo, *, to: str, subject: str, cc: str = "") -> None:
    message = EmailMessage()
    message["From"] = "Sophie Marchand <service.scolaire@autocars-marchand.example>"
    message["To"] = to
    if cc:
        message["Cc"] = cc
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="autocars-marchand.example")
    message.set_content("Bonjour,\n\nÀ bientôt.\n")
    with smtplib.SMTP(demo.endpoints["smtp"]["host"], demo.endpoints["smtp"]["port"], timeout=30) as server:
        server.send_message(message, to_addrs=[to])


def subjects(demo: Demo, account: dict[str, str], folder: str = "INBOX") -> list[bytes]:
    """The Subject lines of a folder, raw."""
    context = ssl.create_default_context(cafile=str(demo.ca))
    imaps = demo.endpoints["imaps"]
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account["password"])
        _answer, count = box.select(folder, readonly=True)
        if count == [b"0"]:
            return []
        _answer, found = box.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    return [part[1] for part in found if isinstance(part, tuple)]
