"""Put off until later, and back at the hour: on top, unread, marked, never lost and never twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import FLAGGED, RETURNED, SEEN, FolderName, Uid
from vaguemestre.testing import imap_connection, letter, wrong_fields
from vaguemestre.webmail import purge
from vaguemestre.webmail.models import Snoozed
from vaguemestre.webmail.snooze import snoozed_messages, wakeups
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.snooze import SOON, at_its_hour, crashing, put_off

pytestmark = pytest.mark.database  # each case is a step of a transaction


@pytest.fixture
def until() -> datetime:
    return (timezone.now() + SOON).replace(microsecond=0)


def test_it_waits_in_its_folder_and_comes_back_on_top_unread_and_marked(desk: MailBrowser, until: datetime) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    raw = letter(desk.mail.address, subject="Réunion d’été").as_bytes().replace(b"\n", b"\r\n")
    with desk.session() as session:
        old = session.append(desk.id(), raw, (SEEN, FLAGGED), long_ago)
    assert old
    desk.put(letter(desk.mail.address, subject="Plus récent"))
    put_off(desk, [old], until)
    assert len(desk.uids()) == 1
    assert len(desk.uids("later")) == 1
    assert at_its_hour(until - timedelta(minutes=1)) == 0
    assert at_its_hour(until) == 1
    assert desk.uids("later") == []
    top = desk.uids()[0]
    with desk.session() as session:
        row = session.message(desk.id(), Uid(top)).row
    assert row.subject == "Réunion d’été"
    assert row.received > long_ago + timedelta(days=29)
    assert row.flags >= {RETURNED, FLAGGED}
    assert SEEN not in row.flags
    assert not Snoozed.objects.exists()
    page = body(desk.get(desk.url()))
    assert "Revenu\u00a0: " in page
    assert page.index("Réunion d’été") < page.index("Plus récent")


def test_a_mail_program_sees_a_move_and_a_folder_that_means_later(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    connection = imap_connection(desk.mail)
    listed = [line for line in connection.list()[1] if isinstance(line, bytes)]
    assert any(b"Plus tard" in line and rb"\Noselect" not in line for line in listed)
    assert any(b"Plus tard" in line for line in connection.lsub()[1] if isinstance(line, bytes))
    assert connection.select('"Plus tard"')[1] == [b"1"]
    connection.logout()


def test_the_source_comes_back_octet_for_octet(desk: MailBrowser, until: datetime) -> None:
    raw = b"From: a@b.example\r\nSubject: =?broken\r\nX-\xe9: \xff\r\n\r\n\xe0 la fin\r\n" + b"x" * 70_000
    put_off(desk, [desk.put(raw)], until)
    at_its_hour(until)
    with desk.session() as session:
        assert b"".join(session.source(desk.id(), Uid(desk.uids()[0]))) == raw


def test_nobody_finds_the_folder_before_the_first_time(desk: MailBrowser) -> None:
    assert "Plus tard" not in [folder.name for folder in _folders(desk)]


def test_many_at_once_come_back_in_one_job(desk: MailBrowser, until: datetime) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(5)]
    put_off(desk, list(uids), until)
    assert Due.objects.filter(job=snoozed_messages.WAKE.name).count() == 1
    at_its_hour(until)
    assert len(desk.uids()) == 5


def test_what_was_moved_meanwhile_is_said(desk: MailBrowser, until: datetime) -> None:
    uid = desk.put(letter(desk.mail.address))
    desk.post(desk.url(tail="archivage/"), {"choix": [uid]})
    response = desk.post(desk.url(tail="plus-tard/"), {"choix": [uid], "jusqua": until.isoformat()})
    assert "Ce message n’est plus là" in body(desk.get(response["Location"]))


def test_undone_it_stays_where_it_was(desk: MailBrowser, until: datetime) -> None:
    uid = desk.put(letter(desk.mail.address))
    response = desk.post(desk.url(tail="plus-tard/"), {"choix": [uid], "jusqua": until.isoformat()})
    page = body(desk.get(response["Location"]))
    assert "1 message reviendra demain" in page or "1 message reviendra" in page
    word = re.search(r'name="fait" value="([^"]+)"', page)
    assert word
    desk.post("/webmail/annulation/", {"fait": word[1]})
    before = desk.uids()
    assert len(before) == 1
    at_its_hour(until)
    assert desk.uids() == before
    assert not Snoozed.objects.exists()


def test_without_an_hour_a_page_asks(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.post(desk.url(tail="plus-tard/"), {"choix": [uid]}))
    assert "Quand ce message doit-il revenir" in page
    assert 'type="date"' in page
    assert desk.uids() == [uid]


@pytest.mark.parametrize(
    "word", ["hier", "2020-01-01T08:00:00+01:00", "9999-01-01T00:00:00+00:00", "x" * 500, "0001-01-01T00:00"]
)
def test_an_hour_that_is_none_is_told_and_moves_nothing(desk: MailBrowser, word: str) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.post(desk.url(tail="plus-tard/"), {"choix": [uid], "jusqua": word}))
    told = wrong_fields(page)
    assert {*told} == {"jour", "heure"}
    assert all("Cette heure est passée" in words for words in told.values())
    assert desk.uids() == [uid]


def test_a_day_and_an_hour_of_ones_own_are_the_academy_s(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    day = timezone.localdate() + timedelta(days=3)
    desk.post(desk.url(tail="plus-tard/"), {"choix": [uid], "jour": day.isoformat(), "heure": "07:30"})
    local = timezone.localtime(Snoozed.objects.get().until)
    assert (local.date(), local.hour, local.minute) == (day, 7, 30)


@pytest.mark.parametrize("role", ["drafts", "sent", "junk", "trash"])
def test_nothing_is_put_off_from_where_it_makes_no_sense(desk: MailBrowser, until: datetime, role: str) -> None:
    uid = desk.put(letter(desk.mail.address), role)
    response = desk.post(desk.url(role, "plus-tard/"), {"choix": [uid], "jusqua": until.isoformat()})
    assert response.status_code == 404
    assert desk.uids(role) == [uid]


def test_posted_by_its_owner_only(desk: MailBrowser, neighbour: MailBrowser, until: datetime) -> None:
    url = desk.url(tail="plus-tard/")
    assert desk.get(url).status_code == 302  # the address of its question
    assert Client().post(url).status_code == 302
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    uid = desk.put(letter(desk.mail.address))
    assert neighbour.post(url, {"choix": [uid], "jusqua": until.isoformat()}).status_code == 404
    put_off(desk, [uid], until)
    assert neighbour.post(desk.url("later", "plus-tard/retour/"), {"choix": desk.uids("later")}).status_code == 404
    assert len(desk.uids("later")) == 1


def test_its_folder_says_when_and_the_hour_can_be_changed(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address, subject="À revoir"))], until)
    [uid] = desk.uids("later")
    assert "Remis à plus tard\u00a0: reviendra" in body(desk.get(desk.url("later", f"{uid}/")))
    assert "row-hour" in body(desk.get(desk.url("later")))
    again = until + timedelta(days=2)
    put_off(desk, [uid], again, origin=desk.id("later"))
    at_its_hour(until)
    assert desk.uids("later") == [uid]
    at_its_hour(again)
    assert len(desk.uids()) == 1


def test_back_at_once(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    response = desk.post(desk.url("later", "plus-tard/retour/"), {"choix": desk.uids("later")})
    assert "1 message est revenu" in body(desk.get(response["Location"]))
    assert len(desk.uids()) == 1
    at_its_hour(until)
    assert len(desk.uids()) == 1


def test_what_a_mail_program_put_there_can_be_given_an_hour_or_brought_back(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    strangers = [desk.put(letter(desk.mail.address), "later") for _ in range(2)]
    put_off(desk, [strangers[0]], until, origin=desk.id("later"))
    desk.post(desk.url("later", "plus-tard/retour/"), {"choix": [strangers[1]]})
    at_its_hour(until)
    assert len(desk.uids()) == 3
    assert desk.uids("later") == []


def test_its_folder_gone_it_comes_to_the_inbox(desk: MailBrowser, until: datetime) -> None:
    with desk.session() as session:
        pupils = session.create(FolderName("Élèves"))
        assert pupils.id
        session.append(pupils.id, letter(desk.mail.address, subject="Absence").as_bytes().replace(b"\n", b"\r\n"))
    put_off(desk, [1], until, origin=pupils.id)
    with desk.session() as session:
        session.remove(pupils.id)
    at_its_hour(until)
    assert len(desk.uids()) == 1


def test_it_comes_back_to_a_folder_that_was_renamed(desk: MailBrowser, until: datetime) -> None:
    with desk.session() as session:
        pupils = session.create(FolderName("Élèves"))
        assert pupils.id
        session.append(pupils.id, letter(desk.mail.address).as_bytes().replace(b"\n", b"\r\n"))
    put_off(desk, [1], until, origin=pupils.id)
    with desk.session() as session:
        session.rename(pupils.id, FolderName("Élèves de 6e"))
    at_its_hour(until)
    with desk.session() as session:
        assert len(session.page(pupils.id).rows) == 1


@pytest.mark.parametrize("act", ["moved", "deleted", "folder"])
def test_moved_or_deleted_in_a_mail_program_it_is_forgotten(desk: MailBrowser, until: datetime, act: str) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    connection = imap_connection(desk.mail)
    connection.select('"Plus tard"')
    if act == "moved":
        connection.uid("MOVE", "1:*", "Archive")
    elif act == "deleted":
        connection.store("1:*", "+FLAGS", r"(\Deleted)")
        connection.expunge()
    connection.select("INBOX")
    if act == "folder":
        connection.delete('"Plus tard"')
    connection.logout()
    at_its_hour(until)
    assert desk.uids() == []
    assert not Snoozed.objects.exists()
    assert not Due.objects.filter(job=snoozed_messages.WAKE.name).exists()


@pytest.mark.parametrize("step", ["append", "delete", "move"])
@pytest.mark.parametrize("done", [True, False])
def test_a_crash_at_any_step_of_the_return_neither_loses_nor_doubles(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, step: str, done: bool
) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address, subject="Une seule fois"))], until)
    with monkeypatch.context() as patch:
        patch.setattr(Session, step, crashing(getattr(Session, step), done=done))
        assert at_its_hour(until) == 0
    due.run(until + timedelta(hours=1))
    assert (len(desk.uids()), desk.uids("later")) == (1, [])
    assert not Snoozed.objects.exists()


@pytest.mark.parametrize("done", [True, False])
def test_a_crash_on_the_way_there_loses_nothing(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    uid = desk.put(letter(desk.mail.address))
    with monkeypatch.context() as patch:
        patch.setattr(Session, "move", crashing(Session.move, done=done))
        response = desk.post(desk.url(tail="plus-tard/"), {"choix": [uid], "jusqua": until.isoformat()})
    assert response.status_code == 503
    assert (desk.uids() == []) is done
    at_its_hour(until)
    assert len(desk.uids()) == 1
    assert not Snoozed.objects.exists()


def test_a_mailbox_that_does_not_answer_at_the_hour_is_tried_again(
    desk: MailBrowser, until: datetime, no_dovecot: Callable[[], None], back_again: Callable[[], None]
) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    no_dovecot()
    assert at_its_hour(until) == 0
    back_again()
    due.run(until + timedelta(minutes=2))
    assert len(desk.uids()) == 1


def test_a_closed_mailbox_waits_another_day(
    desk: MailBrowser, until: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    with monkeypatch.context() as patch:
        patch.setattr(wakeups, "open_mailbox_of", _refusing)
        at_its_hour(until)
    assert Due.objects.get(job=snoozed_messages.WAKE.name).at > until + timedelta(hours=23)
    due.run(until + timedelta(days=2))
    assert len(desk.uids()) == 1


def test_the_list_has_its_menu_and_its_folder_offers_no_archive(desk: MailBrowser, until: datetime) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert 'data-key="b"' in page
    assert "Demain matin" in page
    put_off(desk, [uid], until)
    page = body(desk.get(desk.url("later"), **HTMX))
    assert "Faire revenir maintenant" in page
    assert "archivage/" not in page


def test_no_folder_may_be_chosen_that_has_no_hour(desk: MailBrowser, until: datetime) -> None:
    uid = desk.put(letter(desk.mail.address))
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert f'name="vers" value="{desk.id("later")}"' not in page


def test_what_waits_costs_one_query_and_no_trip_more(
    desk: MailBrowser, until: datetime, trips: list[int], django_assert_num_queries: Any
) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    url = desk.url("later")
    desk.get(url)
    trips.clear()
    with django_assert_num_queries(6):
        desk.get(url)
    assert trips == [1]


def _refusing(_key: str) -> Any:
    from vaguemestre.mailbox.errors import SignInRefusedError

    raise SignInRefusedError("AUTHORIZATIONFAILED", "closed")


def _folders(desk: MailBrowser) -> list[Any]:
    with desk.session() as session:
        return session.folders()


def test_a_purge_forgets_what_waits(desk: MailBrowser, until: datetime) -> None:
    put_off(desk, [desk.put(letter(desk.mail.address))], until)
    purge.purge(desk.mail.key, timezone.now())
    assert not Snoozed.objects.exists()
    at_its_hour(until)
    assert desk.uids() == []
