"""Out of "Plus tard" and back by an undo; many that come back at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.mailbox.values import JUNK
from vaguemestre.testing import letter
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.models import Snoozed
from vaguemestre.webmail.snooze import snoozed_messages, wakeups
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.snooze import SOON, at_its_hour, put_off
from vaguemestre.webmail.testing.snooze_undone import undo_of


@pytest.fixture
def until() -> datetime:
    return (timezone.now() + SOON).replace(microsecond=0)


def test_many_come_back_in_slices_between_which_others_have_their_turn(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeups, "SLICE", 2)
    put_off(desk, [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(5)], until)
    there = []
    while Due.objects.filter(job=snoozed_messages.WAKE.name, at__lte=until + timedelta(seconds=1)).exists():
        at_its_hour(until)
        there.append(len(desk.uids()))
    assert there[0] < 5
    assert there[-1] == 5
    monkeypatch.setattr(wakeups, "SLICE_SECONDS", 0.0)
    put_off(desk, list(desk.uids()), until)
    at_its_hour(until)
    assert len(desk.uids()) == 1
    at_its_hour(until)
    assert len(desk.uids()) == 2


@pytest.mark.parametrize("many", [False, True])
def test_thrown_away_and_taken_back_it_still_has_its_hour(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    if many:
        monkeypatch.setattr(bulk_actions, "IMMEDIATE", 1)
        monkeypatch.setattr(bulk_actions, "AT_ONCE", 60.0)
    put_off(desk, [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(2)], until)
    waited = desk.uids("later")
    word = undo_of(desk, desk.post(desk.url("later", "suppression/"), {"choix": waited}))
    assert desk.uids("later") == []
    desk.post(*word)
    assert len(desk.uids("later")) == 2
    assert not set(desk.uids("later")) & set(waited)
    assert "reviendra" in body(desk.get(desk.url("later", f"{desk.uids('later')[0]}/")))
    at_its_hour(until)
    assert (desk.uids("later"), len(desk.uids())) == ([], 2)
    assert not Snoozed.objects.exists()


def test_taken_back_after_its_hour_it_goes_home_at_once(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    word = undo_of(desk, desk.post(desk.url("later", "suppression/"), {"choix": desk.uids("later")}))
    at_its_hour(until)
    assert (desk.uids(), len(desk.uids("trash"))) == ([], 1)
    Snoozed.objects.update(until=timezone.now() - timedelta(minutes=1))
    desk.post(*word)
    due.run(timezone.now() + timedelta(seconds=1))
    assert (len(desk.uids()), desk.uids("later"), desk.uids("trash")) == (1, [], [])


def test_late_and_thrown_away_it_goes_home_once_taken_back(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    Snoozed.objects.update(until=timezone.now() - timedelta(hours=20))
    word = undo_of(desk, desk.post(desk.url("later", "suppression/"), {"choix": desk.uids("later")}))
    wakeups.wake_due(f"{desk.mail.key} 0", timezone.now())
    desk.post(*word)
    due.run(timezone.now() + timedelta(seconds=1))
    assert (len(desk.uids()), desk.uids("later"), desk.uids("trash")) == (1, [], [])


def test_no_longer_junk_and_taken_back_it_still_has_its_hour(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address), flags=(JUNK,))], until)
    waits = desk.uids("later")
    word = undo_of(desk, desk.post(desk.url("later", "indesirables/retrait/"), {"choix": waits}))
    assert (len(desk.uids()), desk.uids("later")) == (1, [])
    desk.post(*word)
    assert len(desk.uids("later")) == 1
    at_its_hour(until)
    assert (len(desk.uids()), desk.uids("later")) == (1, [])


def test_what_is_elsewhere_does_not_put_off_the_next_attempt(
    desk: MailBrowser, until: datetime, no_dovecot: Callable[[], None], back_again: Callable[[], None]
) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(2)], until)
    desk.post(desk.url("later", "suppression/"), {"choix": desk.uids("later")[:1]})
    no_dovecot()
    assert at_its_hour(until) == 0
    assert Due.objects.get(job=snoozed_messages.WAKE.name).at <= until + timedelta(minutes=1, seconds=1)
    back_again()
    due.run(until + timedelta(minutes=2))
    assert (len(desk.uids()), len(desk.uids("trash"))) == (1, 1)
    assert Snoozed.objects.get().since == snoozed_messages.AWAY
    due.run(until + timedelta(hours=27))
    assert not Snoozed.objects.exists()


def test_thrown_away_for_ever_its_hour_is_forgotten(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    desk.post(desk.url("later", "suppression/"), {"choix": desk.uids("later")})
    at_its_hour(until)
    due.run(until + timedelta(hours=27))
    assert len(desk.uids("trash")) == 1
    assert not Snoozed.objects.exists()
    assert not Due.objects.filter(job=snoozed_messages.WAKE.name).exists()
