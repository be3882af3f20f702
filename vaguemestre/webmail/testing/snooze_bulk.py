"""Shared by tests: snooze bulk."""

from __future__ import annotations


class Died(BaseException):
    """The process is killed: nothing catches it."""


def refusing(*_args: object, **_named: object) -> None:
    from vaguemestre.mailbox.errors import MailboxRefusedError

    raise MailboxRefusedError("NO", "refused")
