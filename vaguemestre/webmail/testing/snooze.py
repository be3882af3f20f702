"""Shared by tests: snooze."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.webmail.testing.browser import MailBrowser

SOON = timedelta(hours=20)


def put_off(desk: MailBrowser, uids: list[int], until: datetime, *, origin: str = "") -> None:
    url = f"/webmail/dossiers/{origin or desk.id()}/plus-tard/"
    assert desk.post(url, {"choix": uids, "jusqua": until.isoformat()}).status_code == 302


def at_its_hour(until: datetime) -> int:
    """As the clock does, at the moment that has come."""
    return due.run(until + timedelta(seconds=1))


def crashing(act: Callable[..., Any], *, done: bool) -> Callable[..., Any]:
    """The process dies just after the act, or just before."""

    def crash(*args: Any, **kwargs: Any) -> Any:
        if done:
            act(*args, **kwargs)
        raise MailboxUnavailableError("crash")

    return crash
