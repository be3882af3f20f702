"""Many at once out of "Plus tard" and back: after a crash each has its hour, or is where it was sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.actions import bulk_actions, chunks
from vaguemestre.webmail.models import BulkAct, Snoozed
from vaguemestre.webmail.snooze import snoozed_messages, wakeups
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.snooze import SOON, at_its_hour, crashing, put_off
from vaguemestre.webmail.testing.snooze_bulk import Died, refusing
from vaguemestre.webmail.testing.snooze_undone import undo_of

pytestmark = pytest.mark.database  # each case is a step of a transaction

DAY = timedelta(days=1)


@pytest.fixture
def until() -> datetime:
    return (timezone.now() + SOON).replace(microsecond=0)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_actions, "IMMEDIATE", 1)
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 60.0)


@pytest.fixture
def three(desk: MailBrowser, until: datetime) -> MailBrowser:
    """Each has its own hour: N0 the last one, so that an order of hours is none of numbers."""
    for number in range(3):
        put_off(desk, [desk.put(letter(desk.mail.address, subject=f"N{number}"))], until + (2 - number) * DAY)
    return desk


def hours(desk: MailBrowser) -> dict[str, datetime]:
    """What its folder says: subject and hour."""
    known = snoozed_messages.wake_times_of(desk.mail.account, desk.id("later"), desk.uids("later"))
    with desk.session() as session:
        rows = session.page(desk.id("later")).rows
    return {row.subject: known[row.uid] for row in rows if row.uid in known}


def end(act: BulkAct) -> BulkAct:
    """After a crash: what the clock calls."""
    while bulk_actions.go_on(act.key, timezone.now(), seconds=60):
        continue
    act.refresh_from_db()
    return act


def newest() -> BulkAct:
    return BulkAct.objects.order_by("created_at").last() or pytest.fail("no act")


STEPS = ["before the move", "after the move", "before the note", "all noted but the act"]


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Does something, in a process that dies at that step."""

    def die(*_args: object, **_named: object) -> None:
        raise Died

    def run(step: str, act: Callable[[], object]) -> None:
        def move_and_die(*args: object, **named: object) -> None:
            moved(*args, **named)  # type: ignore[arg-type]
            raise Died

        def note_and_die(*args: object, **named: object) -> None:
            note(*args, **named)  # type: ignore[arg-type]
            raise Died

        moved, note = Session.move, snoozed_messages.move_snoozed
        with monkeypatch.context() as patch:
            if step == "before the move":
                patch.setattr(Session, "move", die)
            elif step == "after the move":
                patch.setattr(Session, "move", move_and_die)
            elif step == "before the note":
                patch.setattr(snoozed_messages, "follow_moves", die)
            else:
                patch.setattr(snoozed_messages, "move_snoozed", note_and_die)
            with pytest.raises(Died):
                act()

    return run


@pytest.mark.parametrize("step", STEPS)
def test_killed_on_the_way_out_all_are_where_they_were_sent_and_have_their_hours_once_taken_back(
    three: MailBrowser, until: datetime, killed: Callable[..., None], step: str
) -> None:
    before = hours(three)
    killed(step, lambda: three.post(three.url("later", "suppression/"), {"choix": three.uids("later")}))
    assert hours(three) == (before if step == "before the move" else {})
    at_its_hour(until)  # the clock forgets nothing that an act has in hand
    act = end(newest())
    assert (act.state, len(three.uids("trash")), three.uids("later")) == ("done", 3, [])
    end(bulk_actions.undo(act, timezone.now()) or pytest.fail("no way back"))
    assert hours(three) == before
    due.run(until + 3 * DAY)
    assert (len(three.uids()), three.uids("later")) == (3, [])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("stranger", [False, True])
def test_killed_on_the_way_back_each_has_its_hour(
    three: MailBrowser, until: datetime, killed: Callable[..., None], step: str, stranger: bool
) -> None:
    """When somebody else's came into the folder just then, the first of the hours is that of all: none stays behind."""
    before = hours(three)
    three.post(three.url("later", "suppression/"), {"choix": three.uids("later")})
    killed(step, lambda: bulk_actions.undo(newest(), timezone.now()))
    if stranger:
        three.put(letter(three.mail.address, subject="Autre"), "later")
    end(BulkAct.objects.get(undoes__isnull=False))
    assert len(three.uids("later")) == 3 + stranger
    if step == "before the move" and stranger:
        assert hours(three) == before | {"Autre": until}
    elif step in {"after the move", "before the note"} and stranger:
        assert hours(three) == dict.fromkeys(["N0", "N1", "N2", "Autre"], until)
    else:
        assert hours(three) == before
    due.run(until + 3 * DAY)
    assert {"N0", "N1", "N2"} <= set(subjects(three))
    assert not Snoozed.objects.filter(uid=None).exists()


@pytest.mark.parametrize("done", [True, False])
def test_a_few_taken_back_and_cut_short_have_their_hours(
    three: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    monkeypatch.setattr(bulk_actions, "IMMEDIATE", 200)
    word = undo_of(three, three.post(three.url("later", "suppression/"), {"choix": three.uids("later")}))
    with monkeypatch.context() as patch:
        patch.setattr(Session, "move", crashing(Session.move, done=done))
        assert three.post(*word).status_code == 503
    for day, home in enumerate((1, 2, 3)):
        due.run(until + day * DAY + timedelta(seconds=1))
        assert len(three.uids()) == (home if done else 0)
    assert len(three.uids("trash")) == (0 if done else 3)


def test_a_refused_way_back_leaves_nothing_written(three: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_actions, "IMMEDIATE", 200)
    word = undo_of(three, three.post(three.url("later", "suppression/"), {"choix": three.uids("later")}))
    with monkeypatch.context() as patch:
        patch.setattr(Session, "move", refusing)
        three.post(*word)
    assert not Snoozed.objects.filter(uid=None).exists()
    three.post(*word)
    assert len(hours(three)) == 3


def test_a_late_hour_taken_back_and_cut_short_goes_home_soon(
    three: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_actions, "IMMEDIATE", 200)
    word = undo_of(three, three.post(three.url("later", "suppression/"), {"choix": three.uids("later")}))
    Snoozed.objects.update(until=timezone.now() - timedelta(minutes=1))
    with monkeypatch.context() as patch:
        patch.setattr(Session, "move", crashing(Session.move, done=True))
        three.post(*word)
    due.run(timezone.now())
    assert len(three.uids("later")) == 3
    due.run(timezone.now() + snoozed_messages.SHORTLY)
    assert (len(three.uids()), three.uids("later")) == (3, [])


def test_many_brought_back_have_a_progress_a_stop_and_an_undo(
    three: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 0.0)
    monkeypatch.setattr(chunks, "STORED_AGAIN", 1)
    before = hours(three)
    response = three.post(three.url("later", "plus-tard/retour/"), {"choix": three.uids("later")})
    assert "Retour dans les dossiers\u00a0: 1 sur 3" in body(three.get(response["Location"]))
    act = newest()
    assert bulk_actions.go_on(act.key, timezone.now(), seconds=0)
    bulk_actions.stop(act, timezone.now())
    page = body(three.get(response["Location"]))
    assert "2 messages sont revenus dans leurs dossiers" in page
    assert "Arrêté" in page
    assert (len(three.uids()), len(hours(three))) == (2, 1)
    three.post(f"/webmail/travaux/{act.key}/annulation/")
    end(BulkAct.objects.get(undoes=act))
    assert (three.uids(), hours(three)) == ([], before)


def test_brought_back_each_goes_to_its_own_folder_and_a_stranger_to_the_inbox(
    three: MailBrowser, until: datetime
) -> None:
    put_off(three, [three.put(letter(three.mail.address, subject="A"), "archive")], until, origin=three.id("archive"))
    three.put(letter(three.mail.address, subject="Autre"), "later")
    before = hours(three)
    response = three.post(three.url("later", "plus-tard/retour/"), {"choix": three.uids("later")})
    assert "5 messages sont revenus dans leurs dossiers" in body(three.get(response["Location"]))
    assert (len(three.uids()), len(three.uids("archive")), three.uids("later")) == (4, 1, [])
    at_its_hour(until)
    assert len(three.uids()) == 4
    three.post(f"/webmail/travaux/{newest().key}/annulation/")
    for act in BulkAct.objects.filter(undoes__isnull=False):
        end(act)
    assert (len(three.uids("later")), hours(three)) == (5, before)


def test_a_few_brought_back_are_put_off_again_by_one_press(three: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_actions, "IMMEDIATE", 200)
    before = hours(three)
    response = three.post(three.url("later", "plus-tard/retour/"), {"choix": three.uids("later")})
    assert three.uids("later") == []
    three.post(*undo_of(three, response))
    assert (three.uids(), hours(three)) == ([], before)


@pytest.mark.parametrize("step", ["append", "delete", "move"])
@pytest.mark.parametrize("done", [True, False])
def test_killed_at_any_step_what_is_brought_back_is_neither_lost_nor_doubled(
    three: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, step: str, done: bool
) -> None:
    """The second of three. Its hour strikes before anybody took up the act again: the clock leaves it alone."""
    calls, real = [], getattr(Session, step)

    def crash(*args: object, **named: object) -> object:
        calls.append(1)
        if len(calls) != 2:
            return real(*args, **named)
        if done:
            real(*args, **named)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Session, step, crash)
        with pytest.raises(Died):
            three.post(three.url("later", "plus-tard/retour/"), {"choix": three.uids("later")})
    at_its_hour(until + DAY)
    act = end(newest())
    assert (act.state, act.done, sorted(subjects(three)), three.uids("later")) == ("done", 3, ["N0", "N1", "N2"], [])
    end(bulk_actions.undo(act, timezone.now()) or pytest.fail("no way back"))
    assert len(hours(three)) == (2 if step == "move" and done else 3)


def test_what_is_due_at_that_moment_is_left_to_the_clock(three: MailBrowser) -> None:
    Snoozed.objects.filter(uid=three.uids("later")[0]).update(until=timezone.now() - timedelta(minutes=1))
    three.post(three.url("later", "plus-tard/retour/"), {"choix": three.uids("later")})
    assert (len(three.uids()), len(three.uids("later")), newest().state) == (2, 1, "done")
    due.run(timezone.now())
    assert (len(three.uids()), three.uids("later")) == (3, [])


def test_many_brought_back_are_counted_as_many_as_are_home(three: MailBrowser) -> None:
    """One is due, another program took one away."""
    due_now, gone, _waits = chosen = three.uids("later")
    Snoozed.objects.filter(uid=due_now).update(until=timezone.now() - timedelta(minutes=1))
    with three.session() as session:
        session.delete(three.id("later"), [Uid(gone)])
    response = three.post(three.url("later", "plus-tard/retour/"), {"choix": chosen})
    assert "1 message est revenu dans son dossier" in body(three.get(response["Location"]))


def test_taken_back_its_hours_hold_against_what_the_clock_took_for_those_of_a_crash(
    three: MailBrowser, killed: Callable[..., None]
) -> None:
    before = hours(three)
    three.post(three.url("later", "suppression/"), {"choix": three.uids("later")})
    killed("before the note", lambda: bulk_actions.undo(newest(), timezone.now()))
    with three.session() as session:
        snoozed_messages.adopt_orphans(three.mail.account.key, session, three.id("later"))
    act = end(BulkAct.objects.get(undoes__isnull=False))
    assert (act.state, hours(three)) == ("done", before)


def test_what_another_act_is_about_to_move_is_not_taken_for_that_of_a_crash(
    three: MailBrowser, until: datetime
) -> None:
    """An intention whose hour is far, and no move yet; another one's hour has come."""
    fresh = three.put(letter(three.mail.address, subject="Autre"), "later")
    of_crash, at_work = (
        Snoozed.objects.create(
            account=three.mail.account, folder=three.id("later"), origin=three.id(), until=hour, since=since
        )
        for hour, since in ((timezone.now() - timedelta(minutes=1), fresh), (until, fresh + 1))
    )
    wakeups.wake_due(f"{three.mail.key} 0", timezone.now())
    assert not Snoozed.objects.filter(pk=of_crash.pk).exists()
    assert Snoozed.objects.filter(pk=at_work.pk).exists()
    assert len(three.uids()) == 1


def test_refused_in_the_middle_those_before_are_home_and_can_be_taken_back(
    three: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    move = Session.move

    def second_refused(*args: object, **named: object) -> object:
        calls.append(1)
        return (move if len(calls) == 1 else refusing)(*args, **named)  # type: ignore[arg-type]

    before = hours(three)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "move", second_refused)
        three.post(three.url("later", "plus-tard/retour/"), {"choix": three.uids("later")})
    act = newest()
    assert (act.state, act.done, len(three.uids()), hours(three).keys() < before.keys()) == ("failed", 1, 1, True)
    end(bulk_actions.undo(act, timezone.now()) or pytest.fail("no way back"))
    assert hours(three) == before


def subjects(desk: MailBrowser) -> list[str]:
    return re.findall(r'<span class="row-subject cut">([^<]*)</span>', body(desk.get(desk.url())))
