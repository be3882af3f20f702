"""Mail from outside, as another server brings it, and a look into a mailbox as another program has it."""

import imaplib
import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
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


def subjects(demo: Demo, account: dict[str, str], folder: str = "INBOX") -> list[str]:
    """What the messages of a folder are about."""
    context = ssl.create_default_context(cafile=str(demo.ca))
    imaps = demo.endpoints["imaps"]
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account["password"])
        _answer, count = box.select(folder, readonly=True)
        if count == [b"0"]:
            return []
        _answer, found = box.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    parser = BytesHeaderParser(policy=default)
    return [str(parser.parsebytes(part[1])["Subject"]) for part in found if isinstance(part, tuple)]
