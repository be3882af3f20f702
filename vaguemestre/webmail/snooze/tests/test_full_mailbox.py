"""What was put off comes back in a full mailbox as well, and on top there too."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.mailbox.errors import QuotaExceededError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import FLAGGED, RETURNED, SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.models import Snoozed
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.snooze import SOON, at_its_hour, crashing, put_off
from vaguemestre.webmail.testing.space import fill, limit


@pytest.fixture
def until() -> datetime:
    return (timezone.now() + SOON).replace(microsecond=0)


def test_where_nothing_is_stored_it_comes_back_all_the_same(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address), flags=(SEEN,))], until)
    monkeypatch.setattr(Session, "append", full)
    monkeypatch.setattr(Session, "replace", full)
    at_its_hour(until)
    [uid] = desk.uids()
    assert RETURNED in desk.flags(uid)
    assert SEEN not in desk.flags(uid)


@pytest.mark.parametrize("lines", [0, 2_000])
def test_in_a_full_mailbox_it_comes_back_on_top(desk: MailBrowser, until: datetime, lines: int) -> None:
    """It is stored in the place of the former one, small or large."""
    limit(desk, megabytes=1)
    raw = letter(desk.mail.address, subject="Réunion d’été").as_bytes().replace(b"\n", b"\r\n")
    raw += (b"x" * 98 + b"\r\n") * lines
    with desk.session() as session:
        old = session.append(desk.id(), raw, (SEEN, FLAGGED), timezone.now() - timedelta(days=30))
    assert old
    with desk.session() as session:
        session.append(desk.id(), raw, (SEEN,), timezone.now() - timedelta(days=1))
    put_off(desk, [old], until)
    for length in (1400, 140, 14, 1):
        fill(desk, length)
    hour = its_hour_was_an_hour_ago()
    assert at_its_hour(until) == 1
    with desk.session() as session:
        top = session.page(desk.id()).rows[0]
        assert b"".join(session.source(desk.id(), top.uid)) == raw
    assert (top.subject, top.received) == ("Réunion d’été", hour)
    assert top.flags >= {RETURNED, FLAGGED}
    assert SEEN not in top.flags
    assert (len(desk.uids()), desk.uids("later")) == (2, [])
    assert not Snoozed.objects.exists()


@pytest.mark.parametrize("done", [True, False])
def test_a_crash_in_a_full_mailbox_neither_loses_nor_doubles(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    its_hour_was_an_hour_ago()

    monkeypatch.setattr(Session, "append", full)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "replace", crashing(Session.replace, done=done))
        assert at_its_hour(until) == 0
    due.run(until + timedelta(hours=1))
    assert (len(desk.uids()), desk.uids("later")) == (1, [])
    assert not Snoozed.objects.exists()


def full(*_args: object, **_kwargs: object) -> None:
    raise QuotaExceededError


def its_hour_was_an_hour_ago() -> datetime:
    """Dovecot takes no date of arrival that is still to come."""
    hour = (timezone.now() - timedelta(hours=1)).replace(microsecond=0)
    Snoozed.objects.update(until=hour)
    return hour
