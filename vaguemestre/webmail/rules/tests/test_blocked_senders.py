"""A sender from outside, blocked by one press and let in again by one."""

from __future__ import annotations

import re

import pytest

from vaguemestre.mailbox.sieve.managesieve import ScriptName
from vaguemestre.testing import letter
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.models import Filter
from vaguemestre.webmail.rules.filters import blocked_senders, rule, store
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.filters import active, make
from vaguemestre.webmail.testing.pages import body

pytestmark = pytest.mark.django_db(transaction=True)
PEDLAR = "promo@boutique.example"
WORDS = "Bloquer cet expéditeur"


def from_outside(desk: MailBrowser, sender: str = PEDLAR) -> int:
    return desk.put(letter(desk.mail.address, sender=f"Promo <{sender}>"))


def undo_word(page: str) -> str:
    found = re.search(r'name="fait" value="([^"]+)"', page)
    assert found
    return found[1]


def test_blocked_its_mail_goes_to_the_bin_before_any_other_filter_and_this_message_too(desk: MailBrowser) -> None:
    make(desk, "Librairie")
    uid = from_outside(desk)
    assert WORDS in body(desk.get(desk.url(tail=f"{uid}/")))
    desk.post(desk.url(tail=f"{uid}/blocage/"))
    assert desk.uids() == []
    assert len(desk.uids("trash")) == 1
    assert [one.rule.name for one in store.load_filters(desk.mail.key)] == [
        f"Expéditeur bloqué\u00a0: {PEDLAR}",
        "Librairie",
    ]
    text = active(desk)[1]
    assert text.index(PEDLAR) < text.index("librairie")
    page = body(desk.get(desk.url()))
    assert f"{PEDLAR} est bloqué" in page
    desk.post("/webmail/blocage/annulation/", {"fait": undo_word(page)})
    assert len(desk.uids()) == 1
    assert [one.rule.name for one in store.load_filters(desk.mail.key)] == ["Librairie"]
    assert PEDLAR not in active(desk)[1]


def test_blocked_once_however_often_it_is_pressed(desk: MailBrowser) -> None:
    for sender in (PEDLAR, PEDLAR.upper()):
        desk.post(desk.url(tail=f"{from_outside(desk, sender)}/blocage/"))
    assert Filter.objects.filter(account=desk.mail.account).count() == 1


def test_a_colleague_is_not_blocked_by_one_press(desk: MailBrowser) -> None:
    uid = from_outside(desk, desk.mail.address)
    assert WORDS not in body(desk.get(desk.url(tail=f"{uid}/")))
    assert desk.post(desk.url(tail=f"{uid}/blocage/")).status_code == 404
    assert desk.uids() == [uid]


def test_beside_the_script_of_another_program_it_says_why_not_where_it_is_put_right(desk: MailBrowser) -> None:
    with open_scripts(desk.mail.key) as server:
        server.put(ScriptName("thunderbird"), 'require "fileinto";\nkeep;\n')
        server.activate("thunderbird")
    uid = from_outside(desk)
    answer = desk.post(desk.url(tail=f"{uid}/blocage/"))
    assert answer["Location"] == "/webmail/reglages/filtres/"
    assert "Un autre logiciel filtre déjà" in body(desk.get(answer["Location"]))
    assert desk.uids() == [uid]


def test_with_no_room_for_another_filter_it_says_so(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.webmail.rules.filters.edits.RULES", 0)
    uid = from_outside(desk)
    desk.post(desk.url(tail=f"{uid}/blocage/"))
    assert f"Il y a déjà {rule.RULES}" in body(desk.get("/webmail/reglages/filtres/"))
    assert desk.uids() == [uid]


def test_the_word_of_somebody_else_takes_nothing_back(desk: MailBrowser, neighbour: MailBrowser) -> None:
    desk.post(desk.url(tail=f"{from_outside(desk)}/blocage/"))
    word = undo_word(body(desk.get(desk.url())))
    neighbour.post("/webmail/blocage/annulation/", {"fait": word})
    assert blocked_senders.find_block(desk.mail.account, PEDLAR)


def test_one_that_was_stopped_on_its_page_blocks_no_more_and_can_be_blocked_again(desk: MailBrowser) -> None:
    desk.post(desk.url(tail=f"{from_outside(desk)}/blocage/"))
    kept = store.load_filters(desk.mail.key)[0]
    desk.post(f"/webmail/reglages/filtres/{kept.id}/marche/", {"sens": "arret"})
    assert blocked_senders.find_block(desk.mail.account, PEDLAR) is None
