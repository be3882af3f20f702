"""Mail from outside, as another server brings it, and a look into a mailbox as another program has it."""

import email
import imaplib
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import format_datetime, make_msgid
from typing import Any

from playwright.sync_api import Page

from vaguemestre.launcher.testing import Demo

REPORT = """Content-Type: text/plain

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.x.example
{failures}
--b
Content-Type: text/rfc822-headers

Message-ID: {about}
--b--
"""
FAILURE = "\nFinal-Recipient: rfc822; {0}\nAction: failed\nStatus: {1}\nDiagnostic-Code: smtp; 550 {1} Refused {0}\n"


class _Door(smtplib.SMTP):
    """Keeps what the server says to the message: under which number it has it."""

    said = b""

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, self.said = super().data(msg)
        return code, self.said


def deliver(demo: Demo, *, to: str, subject: str, cc: str = "", answers: str = "", text: str = "À bientôt.") -> str:
    """Its Message-ID, for the next that `answers` it. Returns once it lies in the mailbox: the mail server delivers
    several at once, so that of two handed over one after the other the second may be there first."""
    message = EmailMessage()
    message["From"] = "Sophie Marchand <service.scolaire@autocars-marchand.example>"
    message["To"] = to
    if cc:
        message["Cc"] = cc
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="autocars-marchand.example")
    if answers:
        message["References"] = answers
    message.set_content(f"Bonjour,\n\n{text}\n")
    with _Door(demo.endpoints["smtp"]["host"], demo.endpoints["smtp"]["port"], timeout=30) as server:
        server.send_message(message, to_addrs=[to])
    queued = re.search(rb"queued as (\w+)", server.said)
    assert queued is not None, server.said
    log = demo.data / "log" / "postfix-mail.log"
    in_the_end(lambda: f"{queued[1].decode()}: removed" in log.read_text(errors="replace"), every=0.05)
    return str(message["Message-ID"])


def undelivered(to: str, about: str, subject: str, lost: tuple[str, str]) -> bytes:
    """As another server says it: an address that does not exist, and a mailbox that is full."""
    failures = "".join(
        FAILURE.format(address, status) for address, status in zip(lost, ("5.1.1", "5.2.2"), strict=True)
    )
    head = f"From: MAILER-DAEMON@x.example\nTo: {to}\nSubject: {subject}\nReferences: {about}\n"
    kind = 'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
    return (head + kind + REPORT.format(failures=failures, about=about)).encode()


def put_with_file(demo: Demo, account: dict[str, str], subject: str, name: str, kind: str) -> None:
    """A message with an attached file of this name and media type, straight into the inbox."""
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "Anne <anne@ailleurs.example>", subject, make_msgid()
    message.set_content("Bonjour.\n")
    maintype, _slash, subtype = kind.partition("/")
    message.add_attachment(b"a;b\n1;2\n", maintype=maintype, subtype=subtype, filename=name)
    put(demo, account, [message.as_bytes().replace(b"\n", b"\r\n")])


def put(demo: Demo, account: dict[str, str], messages: Iterable[bytes], folder: str = "INBOX") -> list[int]:
    """Straight into a folder, made when it is not there, as another program files mail; nothing of it is mended."""
    context = ssl.create_default_context(cafile=str(demo.ca))
    imaps = demo.endpoints["imaps"]
    numbers = []
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        box.create(folder)
        for message in messages:
            box.literal = message  # type: ignore[assignment]  # `append` would mend its line ends
            status, answer = box.xatom("APPEND", folder)
            appended = re.search(rb"APPENDUID [0-9]+ ([0-9]+)", answer[-1])
            assert status == "OK", answer
            assert appended is not None
            numbers.append(int(appended[1]))
    return numbers


def subjects(demo: Demo, account: dict[str, str], folder: str = "INBOX", which: str = "ALL") -> list[str]:
    """What the messages of a folder are about; `which` as IMAP searches: FLAGGED, KEYWORD x."""
    context = ssl.create_default_context(cafile=str(demo.ca))
    imaps = demo.endpoints["imaps"]
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        box.select(f'"{folder}"', readonly=True)
        _answer, numbers = box.search(None, which)
        if not numbers[0]:
            return []
        _answer, found = box.fetch(numbers[0].replace(b" ", b",").decode(), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    parser = BytesHeaderParser(policy=default)
    return [str(parser.parsebytes(part[1])["Subject"]) for part in found if isinstance(part, tuple)]


def unread(demo: Demo, account: dict[str, str], folder: str = "INBOX") -> list[int]:
    """The numbers of the messages that nobody has opened."""
    context = ssl.create_default_context(cafile=str(demo.ca))
    imaps = demo.endpoints["imaps"]
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        box.select(f'"{folder}"', readonly=True)
        _answer, found = box.uid("SEARCH", "UNSEEN")
    return [int(number) for number in found[0].split()]


def left_for(demo: Demo, address: str, *, seconds: float = 20) -> str:
    """The text of the newest mail that left for an address outside: everything ends in the sink of the demo."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        files = sorted((demo.data / "sink").iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in files:
            mail = email.message_from_bytes(file.read_bytes(), policy=default)
            if address in str(mail["To"]):
                return words_of(mail)
        time.sleep(0.1)
    raise AssertionError(f"nothing left for {address}")


def words_of(mail: EmailMessage) -> str:
    """Its plain text, also of a formatted one."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def in_the_end(
    truth: Callable[[], bool], *, seconds: float = 110, every: float = 0.5, page: Page | None = None
) -> None:
    """What the servers do by themselves, a moment later. With `page`, what a handler of its requests notes: these run
    only while the page is waited for."""
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline
        if page:
            page.wait_for_timeout(every * 1000)
        else:
            time.sleep(every)


def act(demo: Demo, account: dict[str, str], subject: str, *command: str, folder: str = "INBOX") -> None:
    """What Thunderbird does to a message: ("STORE", "+FLAGS", "\\Flagged"), ("MOVE", "Archive")."""
    context = ssl.create_default_context(cafile=str(demo.ca))
    imaps = demo.endpoints["imaps"]
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        box.select(f'"{folder}"')
        _answer, found = box.uid("SEARCH", "SUBJECT", f'"{subject}"')
        assert found[0], f"no message about {subject}"
        answer, _data = box.uid(command[0], found[0].decode(), *command[1:])
        assert answer == "OK"


def fill(demo: Demo, account: dict[str, str], folder: str, count: int, text: str = "Bonjour.") -> None:
    """A new folder with so many letters, put there by another program."""
    context = ssl.create_default_context(cafile=str(demo.ca))
    imaps = demo.endpoints["imaps"]
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        box.create(f'"{folder}"')
        for start in range(0, count, 100):
            letters = [_letter(account["address"], number, text) for number in range(start, min(start + 100, count))]
            # A hundred in one command (MULTIAPPEND), which the library does not know.
            parts = b"".join(b" {%d+}\r\n%s" % (len(raw), raw) for raw in letters)
            box.send(b'lot APPEND "%s"%s\r\n' % (folder.encode(), parts))
            while not (line := box.readline()).startswith(b"lot "):
                continue
            assert line.startswith(b"lot OK"), line


def _letter(address: str, number: int, text: str) -> bytes:
    head = f"From: Sophie Marchand <sophie@librairie.example>\r\nTo: {address}\r\nSubject: Lettre {number:04}\r\n"
    return f"{head}Message-ID: {make_msgid(domain='librairie.example')}\r\n\r\n{text}\r\n".encode()
