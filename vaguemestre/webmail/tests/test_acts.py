"""What is done to messages of a list, and how it is taken back."""

import re

import pytest
from django.test import Client

from vaguemestre.mailbox.values import FLAGGED, SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.tests.conftest import HTMX, Desk
from vaguemestre.webmail.tests.test_list import body

ACTS = (
    "archivage",
    "suppression",
    "deplacement",
    "indesirables",
    "lecture",
    "lecture/retrait",
    "suivi",
    "suivi/retrait",
)


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posted_by_their_owner_only(desk: Desk, act: str) -> None:
    url = desk.url(tail=f"{act}/")
    assert desk.get(url).status_code == 405
    assert Client().post(url).status_code == 302
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403


@pytest.mark.parametrize(
    ("act", "role"), [("archivage", "archive"), ("suppression", "trash"), ("indesirables", "junk")]
)
def test_messages_move_and_come_back(desk: Desk, act: str, role: str) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(2)]
    response = desk.post(desk.url(tail=f"{act}/"), {"choix": uids})
    assert response.status_code == 302
    assert desk.uids() == []
    assert len(desk.uids(role)) == 2
    page = body(desk.get(response["Location"]))
    assert "2 messages déplacés vers" in page
    undo = re.search(r'name="fait" value="([^"]+)"', page)
    assert undo
    assert "déplacés" not in body(desk.get(response["Location"]))
    desk.post("/webmail/annulation/", {"fait": undo[1]})
    assert len(desk.uids()) == 2
    assert desk.uids(role) == []


def test_nobody_undoes_what_another_did(desk: Desk, neighbour: Desk) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.get(desk.post(desk.url(tail="suppression/"), {"choix": [uid]})["Location"]))
    undo = re.search(r'name="fait" value="([^"]+)"', page)
    assert undo
    response = neighbour.post("/webmail/annulation/", {"fait": undo[1]})
    assert "trop tard" in body(neighbour.client.get(response["Location"], follow=True))
    assert desk.uids() == []


@pytest.mark.parametrize("word", ["", "x", "a:b:c"])
def test_a_forged_undo_changes_nothing(desk: Desk, word: str) -> None:
    assert desk.post("/webmail/annulation/", {"fait": word}).status_code == 302


def test_moving_to_a_folder_of_ones_choice(desk: Desk) -> None:
    uid = desk.put(letter(desk.mail.address))
    desk.post(desk.url(tail="deplacement/"), {"choix": [uid], "vers": desk.id("junk")})
    assert len(desk.uids("junk")) == 1


@pytest.mark.parametrize("target", ["", "x", "0" * 32])
def test_moving_nowhere_is_a_404_and_moves_nothing(desk: Desk, target: str) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.post(desk.url(tail="deplacement/"), {"choix": [uid], "vers": target}).status_code == 404
    assert desk.uids() == [uid]


def test_marks_go_on_and_off(desk: Desk) -> None:
    uid = desk.put(letter(desk.mail.address))
    desk.post(desk.url(tail="lecture/"), {"choix": [uid]})
    desk.post(desk.url(tail="suivi/"), {"choix": [uid]})
    assert desk.flags(uid) >= {SEEN, FLAGGED}
    desk.post(desk.url(tail="lecture/retrait/"), {"choix": [uid]})
    desk.post(desk.url(tail="suivi/retrait/"), {"choix": [uid]})
    assert not desk.flags(uid) & {SEEN, FLAGGED}


@pytest.mark.parametrize("choice", [[], ["x"], ["0"], ["999999"]])
def test_choosing_nothing_or_what_is_not_there_is_harmless(desk: Desk, choice: list[str]) -> None:
    uid = desk.put(letter(desk.mail.address))
    for act in ("archivage", "lecture"):
        assert desk.post(desk.url(tail=f"{act}/"), {"choix": choice}).status_code in {302, 404}
    assert desk.uids() == [uid]
    assert SEEN not in desk.flags(uid)


def test_deleting_in_the_bin_asks_first_and_is_for_good(desk: Desk) -> None:
    uid = desk.put(letter(desk.mail.address), "trash")
    question = desk.post(desk.url("trash", "suppression/"), {"choix": [uid]})
    assert "Supprimer définitivement" in body(question)
    assert desk.uids("trash") == [uid]
    desk.post(desk.url("trash", "suppression/definitive/"), {"choix": [uid]})
    assert desk.uids("trash") == []


def test_emptying_the_bin_asks_first(desk: Desk) -> None:
    for _ in range(3):
        desk.put(letter(desk.mail.address), "trash")
    assert "3 messages seront supprimés définitivement" in body(desk.get(desk.url("trash", "vidage/")))
    assert len(desk.uids("trash")) == 3
    desk.post(desk.url("trash", "vidage/"))
    assert desk.uids("trash") == []


def test_the_inbox_cannot_be_emptied(desk: Desk) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.get(desk.url(tail="vidage/")).status_code == 404
    assert desk.post(desk.url(tail="vidage/")).status_code == 404
    assert desk.uids() == [uid]


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/session/", "javascript:alert(1)", "/webmail/\n"]
)
def test_an_act_only_leads_back_into_the_webmail(desk: Desk, back: str) -> None:
    uid = desk.put(letter(desk.mail.address))
    response = desk.post(desk.url(tail="suivi/"), {"choix": [uid], "retour": back})
    assert response["Location"] == desk.url()


def test_in_an_open_page_the_act_answers_with_its_planes(desk: Desk) -> None:
    uid = desk.put(letter(desk.mail.address))
    response = desk.client.post(desk.url(tail="archivage/"), {"choix": [uid]}, headers=HTMX, follow=True)
    assert 'id="bureau"' in body(response)
    assert "<html" not in body(response)
    assert "Annuler" in body(response)
