"""Shared by tests: space."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage, Message

import pytest

from vaguemestre.mailbox.errors import QuotaExceededError
from vaguemestre.testing import data_folder, letter
from vaguemestre.webmail.testing.browser import MailBrowser

PLACE = "/webmail/reglages/place/"
MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def heavy(desk: MailBrowser, subject: str = "Photos", octets: int = 300_000, lines: int = 1) -> EmailMessage:
    message = letter(desk.mail.address, subject=subject, text="Voici les photos.\n" * lines)
    message.add_alternative("<p>Voici les <b>photos</b>.</p>", subtype="html")
    message.add_attachment(b"\xff" * octets, maintype="image", subtype="jpeg", filename="été.jpg")
    message.add_attachment(b"%PDF-" + b"x" * 5_000, maintype="application", subtype="pdf", filename="plan.pdf")
    return message


def put(desk: MailBrowser, message: EmailMessage, role: str = "inbox", *flags: str) -> str:
    with desk.session() as session:
        raw = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        uid = session.append(desk.id(role), raw, flags, MONDAY)
    return f"{desk.id(role)}.{uid}"


def only(desk: MailBrowser, role: str = "inbox") -> Message:
    [found] = desk.stored(role)
    return found


def limit(desk: MailBrowser, *, megabytes: int) -> None:
    """As the daemons read it: before the first session of this account, they remember."""
    with closing(sqlite3.connect(data_folder() / "db" / "mail.sqlite3")) as connection, connection:
        connection.execute("UPDATE mail_account SET quota_mb = ? WHERE key = ?", (megabytes, desk.mail.key))


def fill(desk: MailBrowser, lines: int) -> None:
    """Until no other message of that length goes in."""
    raw = letter(desk.mail.address).as_bytes().replace(b"\n", b"\r\n") + (b"x" * 70 + b"\r\n") * lines
    with desk.session() as session:
        for _ in range(30):
            try:
                session.append(desk.id("archive"), raw)
            except QuotaExceededError:
                return
    pytest.fail("there is still room")
