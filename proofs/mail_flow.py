"""A stranger's server that continues writing while the service changes its version, and the reader afterwards.

Debian's own Python runs it, with nothing of ours. `mail_flow.py send WORD ADDRESS FILE`: until FILE is gone, then what
happened as JSON. `mail_flow.py read COUNT WORD IDENTIFIER PASSWORD HOST CA`: waits until so many different messages of
that word have come, and prints how many there are.
"""

import imaplib
import json
import smtplib
import ssl
import sys
import time
from email.message import EmailMessage
from pathlib import Path

PAUSE = 0.25
PATIENCE = 120


def send(word: str, address: str, going_on: Path) -> dict[str, float]:
    """As a server does: what is not taken is tried again until it is."""
    sent, closed_since, longest, closed = 0, 0.0, 0.0, 0.0
    while going_on.exists() or closed_since:
        if _taken(word, address, sent):
            sent += 1
            if closed_since:
                gap = time.monotonic() - closed_since
                longest, closed, closed_since = max(longest, gap), closed + gap, 0.0
        else:
            closed_since = closed_since or time.monotonic()
        time.sleep(PAUSE)
    return {"sent": sent, "longest": round(longest, 1), "closed": round(closed, 1)}


def _taken(word: str, address: str, number: int) -> bool:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "anne@librairie.example", address, f"{word} {number}"
    message["Message-ID"] = f"<{number}.{time.time_ns()}@librairie.example>"
    message.set_content("Bonjour,\n\nUn message parmi d’autres.\n")
    try:
        with smtplib.SMTP("127.0.0.1", 25, local_hostname="librairie.example", timeout=10) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        if any(code >= 500 for code, _text in refused.recipients.values()):
            raise
        return False
    except smtplib.SMTPResponseException as refused:
        if refused.smtp_code >= 500:
            raise
        return False
    except (OSError, smtplib.SMTPException):
        return False
    return True


def read(count: int, word: str, identifier: str, password: str, host: str, authority: str) -> int:
    """How many different messages of the stranger lie in the mailbox: what was written twice counts once."""
    context = ssl.create_default_context(cafile=authority)
    deadline = time.monotonic() + PATIENCE
    while True:
        found = _subjects(word, identifier, password, host, context)
        if len(found) >= count or time.monotonic() > deadline:
            return len(found)
        time.sleep(0.5)


def _subjects(word: str, identifier: str, password: str, host: str, context: ssl.SSLContext) -> set[bytes]:
    found: set[bytes] = set()
    with imaplib.IMAP4_SSL(host, 993, ssl_context=context, timeout=30) as server:
        server.login(identifier, password)
        for folder in ("INBOX", "Junk"):
            status, there = server.select(folder, readonly=True)
            if status == "OK" and there != [b"0"]:
                rows = server.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
                said = (row[1].strip() for row in rows if isinstance(row, tuple))
                found |= {line for line in said if f"Subject: {word} ".encode() in line}
    return found


if __name__ == "__main__":
    if sys.argv[1] == "send":
        print(json.dumps(send(sys.argv[2], sys.argv[3], Path(sys.argv[4]))))
    else:
        print(read(int(sys.argv[2]), *sys.argv[3:8]))
