"""A full mailbox: it is said where one looks, and what one writes is neither lost nor kept from leaving."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.mailbox.errors import QuotaExceededError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Quota
from vaguemestre.mailbox.values import FolderName
from vaguemestre.testing import letter
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.folders import pane
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.space import fill, limit

WAITING = "/webmail/en-attente/"


@pytest.mark.parametrize(
    ("used", "in_the_bin", "said", "above", "narrow"),
    [
        (70, 0, "70 octets sur 100 octets", "", False),
        (98, 0, "Presque pleine : il reste 2 octets sur 100 octets.", "bientôt", True),
        (98, 3, "Presque pleine : il reste 2 octets sur 100 octets. Videz la corbeille.", "bientôt", True),
        (130, 0, "Boîte pleine : 130 octets sur 100 octets. Les nouveaux messages sont refusés.", "pleine", False),
        (130, 3, "Boîte pleine : 130 octets sur 100 octets. Le courrier est refusé ; videz la corbeille.", "pl", False),
    ],
)
def test_how_much_is_taken_and_a_remedy_that_helps(
    used: int, in_the_bin: int, said: str, above: str, narrow: bool
) -> None:
    trash = Folder(None, FolderName("Trash"), "trash", in_the_bin, 0, True, True, 1, 1)
    space = pane.quota_gauge(Quota(used, 100), [trash])
    assert space is not None
    assert space.sentence.replace("\xa0", " ").replace("\u202f", " ") == said
    banners = pane.quota_banners(space)
    assert [above in one.said for one in banners] == ([True] if above else [])
    assert [one.narrow for one in banners] == ([narrow] if above else [])


def test_it_is_said_above_the_list_with_the_way_out(desk: MailBrowser) -> None:
    limit(desk, megabytes=1)
    assert "Votre boîte est pleine" not in html.unescape(body(desk.get(desk.url())))
    for lines in (1400, 140, 14, 1):
        fill(desk, lines)
    with desk.session() as session:
        session.append(desk.id("trash"), letter(desk.mail.address).as_bytes() + b"x" * 2000)
    page = html.unescape(body(desk.get(desk.url())))
    assert "Votre boîte est pleine" in page.partition('id="liste"')[2]
    assert "/webmail/reglages/place/" in page.partition("Votre boîte est pleine")[2][:300]


def test_a_draft_has_room_in_a_full_mailbox(desk: MailBrowser) -> None:
    limit(desk, megabytes=1)
    for lines in (1400, 140, 14, 1):
        fill(desk, lines)
    assert "Brouillon enregistré" in body(desk.write(new_key(), "", a="jean@x.example", texte="Bonjour. " * 500))
    assert len(desk.uids("drafts")) == 1


def test_without_any_room_it_is_kept_in_sight_and_filed_later(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise QuotaExceededError

    key = new_key()
    with monkeypatch.context() as patch:
        patch.setattr(Session, "append", full)
        saved = desk.write(key, "", a="jean@x.example", objet="Plan", texte="Tout y est.", **HTMX)
        assert saved.status_code == 200
        assert "La boîte est pleine" in body(saved)
        closed = desk.write(key, "fermeture/", a="jean@x.example", objet="Plan", texte="Tout y est.", revision="1")
        assert closed.status_code == 302
        waiting = body(desk.get(WAITING))
        assert "Plan" in waiting
        assert "ce brouillon est gardé ici" in html.unescape(waiting)
        assert "Le serveur de courrier n’a pas encore pris" not in waiting
        assert "Faire de la place" in waiting
    assert "Tout y est." in body(desk.get(f"/webmail/ecrire/{key}/"))
    assert desk.uids("drafts") == []
    desk.put(letter(desk.mail.address), "trash")
    desk.empty()  # room is made: it is tried at once
    due.run(timezone.now() + timedelta(seconds=1))
    assert len(desk.uids("drafts")) == 1
    assert "Rien n’attend" in body(desk.get(WAITING))


def test_why_it_was_refused_is_not_forgotten_for_want_of_room(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    desk.write(key, "", a="jean@x.example")
    Outgoing.objects.filter(key=key).update(failure={"code": 552})

    def full(*_given: object, **_named: object) -> None:
        raise QuotaExceededError

    monkeypatch.setattr(Session, "replace", full)
    assert drafts.deposit_soon(Outgoing.objects.get(key=key), timezone.now()) == drafts.DraftCopy.NO_ROOM
    assert Outgoing.objects.get(key=key).failure == {"code": 552}


def test_what_has_no_room_says_where_to_make_some(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = desk.put(letter(desk.mail.address))

    def full(*_given: object, **_named: object) -> None:
        raise QuotaExceededError

    monkeypatch.setattr(Session, "move", full)
    said = html.unescape(body(desk.post(desk.url(tail="archivage/"), {"choix": [uid]}, **HTMX)))
    assert "Faire de la place" in said
    assert "n’est peut-être pas fait" not in said
