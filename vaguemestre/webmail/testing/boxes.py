"""Shared by tests: pages of a shared mailbox."""

from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.webmail import connection


def place(box: Box, tail: str = "") -> str:
    return f"/webmail/boites/{box.account.local_part}/{tail}"


def inbox(box: Box) -> str:
    with connection.open_mailbox_of(box.key) as session:
        found = session.by_role("inbox")
    assert found
    return str(found.id)
