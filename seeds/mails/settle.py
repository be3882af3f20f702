"""Puts the delivered mails back in time. SMTP stamps them with the minute of the demo's first run; here each gets the
arrival its `Date` tells, and what is older than two days has been read, as in a mailbox that somebody uses. What its
owner wrote is in Sent, and what that answers is marked so."""

import imaplib
import re
import ssl
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path

from seeds.mails.story import SentMail

PATIENCE = 60.0
READ_AFTER = timedelta(days=2)
FOLDERS = ("INBOX", "Junk")
RECOVERABLE = "Recoverable/Messages"  # where Dovecot lays aside what is deleted
STARRED = ("historial-7.", "echelon.", "conseil-maitres.", "escalade.")
SENT = "Sent"


def settle(
    host: str, port: int, ca: Path, identifier: str, password: str, *,
    now: datetime, expected: int, sent: Sequence[SentMail],
) -> None:  # fmt: skip
    """Once `expected` mails have arrived, or after a minute. A second run finds nothing left to do."""
    answered = {mail.answers for mail in sent}
    with imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(cafile=str(ca))) as server:
        server.login(identifier, password)
        _wait(server, expected)
        for folder in FOLDERS:
            if replaced := _settle_folder(server, folder, now, answered):
                _forget_last(server, replaced)
        _fill_sent(server, sent)


def _wait(server: imaplib.IMAP4, expected: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while sum(_count(server, folder) for folder in FOLDERS) < expected and time.monotonic() < deadline:
        time.sleep(0.2)


def _count(server: imaplib.IMAP4, folder: str) -> int:
    _answer, lines = server.status(folder, "(MESSAGES)")
    found = re.search(rb"MESSAGES (\d+)", lines[0] or b"")
    return int(found[1]) if found else 0


def _fill_sent(server: imaplib.IMAP4, sent: Sequence[SentMail]) -> None:
    for mail in sent[_count(server, SENT) :]:
        server.append(SENT, r"(\Seen)", imaplib.Time2Internaldate(mail.moment), mail.content)


def _settle_folder(server: imaplib.IMAP4, folder: str, now: datetime, answered: Collection[str | None]) -> int:
    """How many were put there again, and their first copies deleted."""
    server.select(folder)
    replaced = 0
    _answer, found = server.uid("SEARCH", "SINCE", f"{now - timedelta(days=1):%d-%b-%Y}")
    for uid in (found[0] or b"").decode().split():
        _answer, parts = server.uid("FETCH", uid, "(INTERNALDATE BODY.PEEK[])")
        raw = parts[0][1] if isinstance(parts[0], tuple) else b""
        when = _written(raw)
        if when is None or abs(_arrived(parts) - when) < timedelta(minutes=5):
            continue
        server.append(folder, _flags(raw, now - when, answered), imaplib.Time2Internaldate(when), raw)
        server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        replaced += 1
    server.expunge()
    return replaced


def _forget_last(server: imaplib.IMAP4, count: int) -> None:
    """Nobody deleted these first copies: none is offered to be brought back."""
    answer, there = server.select(RECOVERABLE)
    total = int(there[0] or 0) if answer == "OK" else 0
    if total:
        server.store(f"{max(1, total - count + 1)}:{total}", "+FLAGS.SILENT", r"(\Deleted)")
        server.expunge()


def _written(raw: bytes) -> datetime | None:
    written = BytesHeaderParser(policy=default).parsebytes(raw)["Date"]
    return written.datetime if written is not None and written.datetime is not None else None


def _arrived(parts: list[bytes | tuple[bytes, bytes]]) -> datetime:
    head = b"".join(part[0] if isinstance(part, tuple) else part for part in parts)
    moment = imaplib.Internaldate2tuple(head)
    return datetime.fromtimestamp(time.mktime(moment), UTC) if moment else datetime.now(UTC)


def _flags(raw: bytes, age: timedelta, answered: Collection[str | None]) -> str:
    name = str(BytesHeaderParser(policy=default).parsebytes(raw)["Message-ID"] or "")
    told = [
        r"\Seen" if age > READ_AFTER else "",
        r"\Flagged" if name.lstrip("<").startswith(STARRED) else "",
        r"\Answered" if name in answered else "",
    ]
    return f"({' '.join(flag for flag in told if flag)})"
