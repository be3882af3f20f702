"""Shared by tests: bulk."""

from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import MailBrowser


def fill(desk: MailBrowser, count: int, role: str = "inbox", flags: bytes = b"") -> None:
    """As many letters in one write."""
    raw = letter(desk.mail.address).as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    with desk.session() as session:
        name = desk.folder(role).name.wire
        parts = b"".join(b" (%s) {%d+}\r\n%s" % (flags, len(raw), raw) for _ in range(count))
        answer = session._link.connection.round_trip([b'APPEND "%s"%s' % (name, parts)])
    assert answer.statuses[0].ok


def total(desk: MailBrowser, role: str = "inbox") -> int:
    with desk.session() as session:
        return next(folder.total for folder in session.folders() if folder.role == role)
