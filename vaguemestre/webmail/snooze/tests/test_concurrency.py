"""A few brought back before their hour while the clock, another page or another act is at the same: never doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.models import Snoozed
from vaguemestre.webmail.snooze import snoozed_messages, wakeups
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.snooze import SOON, put_off
from vaguemestre.webmail.testing.snooze_bulk import Died, refusing

pytestmark = pytest.mark.database  # each case is a step of a transaction

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def until() -> datetime:
    return (timezone.now() + SOON).replace(microsecond=0)


def waits(desk: MailBrowser, until: datetime, kind: str) -> list[int]:
    """One message: put off, put off until a moment that has come, or put there by a mail program."""
    if kind == "stranger":
        with desk.session() as session:
            snoozed_messages.snooze_folder(session)
        desk.put(letter(desk.mail.address), "later")
    else:
        put_off(desk, [desk.put(letter(desk.mail.address))], until)
    if kind == "due":
        Snoozed.objects.update(until=timezone.now() - A_MINUTE)
    return desk.uids("later")


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[Callable[[], object]]]:
    """Somebody else has a turn between the reading of a message and its being stored again, once. The answer cleared:
    not any more."""

    def arrange(act: Callable[[], object]) -> list[Callable[[], object]]:
        real, acts = Session.append, [act]

        def late(*args: object, **named: object) -> object:
            if acts:
                acts.pop()()
            return real(*args, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(Session, "append", late)
        return acts

    return arrange


@pytest.mark.parametrize("kind", ["put off", "due", "stranger"])
@pytest.mark.parametrize("other", ["clock", "page"])
def test_two_at_one_message_do_not_double_it(
    desk: MailBrowser, until: datetime, meanwhile: Callable[..., list[Callable[[], object]]], kind: str, other: str
) -> None:
    uids = waits(desk, until, kind)

    def press() -> None:
        assert desk.post(desk.url("later", "plus-tard/retour/"), {"choix": uids}).status_code == 302

    armed = meanwhile((lambda: wakeups.wake_due(f"{desk.mail.key} 0", timezone.now())) if other == "clock" else press)
    press()
    if other == "clock":
        armed.clear()
    due.run(timezone.now() + A_MINUTE)
    assert (len(desk.uids()), desk.uids("later")) == (1, [])


def test_two_presses_on_what_a_mail_program_put_there(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looked for its row before either wrote one."""
    uid = Uid(waits(desk, timezone.now(), "stranger")[0])
    later = desk.id("later")
    wakeups.waiting_row(desk.mail.account, later, uid)
    monkeypatch.setattr(wakeups, "_known", lambda *_args: None)
    assert wakeups.waiting_row(desk.mail.account, later, uid).uid == uid
    assert wakeups._taken_in_hand(desk.mail.account, later, uid) is None


def test_what_is_due_is_said_to_come_by_itself(desk: MailBrowser, until: datetime) -> None:
    uids = waits(desk, until, "due")
    response = desk.post(desk.url("later", "plus-tard/retour/"), {"choix": uids})
    page = body(desk.get(response["Location"]))
    assert "1 message reviendra" in page
    assert "plus ici" not in page
    due.run(timezone.now())
    assert (len(desk.uids()), desk.uids("later")) == (1, [])


@pytest.mark.parametrize("kind", ["put off", "stranger"])
@pytest.mark.parametrize("step", ["append", "delete", "move"])
@pytest.mark.parametrize("done", [True, False])
def test_killed_at_any_step_the_clock_finishes_it_soon(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, kind: str, step: str, done: bool
) -> None:
    uids, real = waits(desk, until, kind), getattr(Session, step)

    def crash(*args: object, **named: object) -> None:
        if done:
            real(*args, **named)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Session, step, crash)
        with pytest.raises(Died):
            desk.post(desk.url("later", "plus-tard/retour/"), {"choix": uids})
    due.run(timezone.now() + snoozed_messages.SHORTLY)
    assert (len(desk.uids()), desk.uids("later")) == (1, [])
    assert not Snoozed.objects.exists()


@pytest.mark.parametrize("kind", ["put off", "stranger"])
def test_refused_it_waits_on_as_before(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    uids = waits(desk, until, kind)
    before = list(Snoozed.objects.values_list("uid", "until", "since"))
    with monkeypatch.context() as patch:
        patch.setattr(Session, "message", refusing)
        desk.post(desk.url("later", "plus-tard/retour/"), {"choix": uids})
    assert list(Snoozed.objects.values_list("uid", "until", "since")) == before
    due.run(timezone.now() + snoozed_messages.SHORTLY)
    assert (desk.uids(), desk.uids("later")) == ([], uids)
    assert desk.post(desk.url("later", "plus-tard/retour/"), {"choix": uids}).status_code == 302
    assert (len(desk.uids()), desk.uids("later")) == (1, [])
