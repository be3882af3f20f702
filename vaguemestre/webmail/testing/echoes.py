"""Shared by tests: echoes."""

from vaguemestre.testing import deliver, wait_for_mail
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

REPORT = """From: MAILER-DAEMON@mx.y.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{own}@mx.y.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.y.example

Final-Recipient: rfc822; {about}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <b>User</b> unknown http://piege.example

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Essai
--b--
"""


def report(
    message_id: str, to: MailBrowser, *, about: str = "jean@y.example", status: str = "5.1.1", action: str = "failed"
) -> bytes:
    return REPORT.format(
        to=to.mail.address, own=new_key(), about=about, status=status, action=action, message_id=message_id
    ).encode()


def sent(desk: MailBrowser, *people: str, **more: object) -> tuple[int, str]:
    """Its number in Sent, and its Message-ID."""
    key = new_key()
    assert desk.write(key, **{"a": ", ".join(people), **more}).status_code == 302  # type: ignore[arg-type]  # no tail
    return desk.uids("sent")[0], f"<{key}@ac-amiens.fr>"


def bounce(desk: MailBrowser, raw: bytes, count: int = 1) -> int:
    deliver(raw, desk.mail.address, sender="")
    wait_for_mail(desk.mail, count)
    return desk.uids()[0]


def page(desk: MailBrowser, uid: int, role: str = "inbox") -> str:
    return " ".join(body(desk.get(desk.url(role, f"{uid}/"))).split())
