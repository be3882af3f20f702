"""When a message counts as read: as soon as it is opened, after some seconds in sight, or by hand alone."""

from __future__ import annotations

import re

import pytest

from vaguemestre.mailbox.values import SEEN, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.press import PRESS

CHOICE = "/webmail/reglages/liste/"
MARKS_READ = re.compile(r'class="button" name="retour"[^>]*formaction="[^"]*/lecture/" data-key="I"')
TELLS = re.compile(r'<form hidden id="lu-\d+"[^>]*hx-post="([^"]+)"[^>]*data-behaviour="visible-submit"')


def choose(desk: MailBrowser, when: str) -> None:
    assert desk.post(CHOICE, {"lus": when}).status_code == 302
    assert f'name="lus" value="{when}" checked' in body(desk.get(CHOICE))


def test_opened_unless_something_else_is_chosen(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert not TELLS.search(page)
    assert not MARKS_READ.search(page)
    assert SEEN in desk.flags(uid)
    assert 'name="lus" value="opened" checked' in body(desk.get(CHOICE))


def test_a_word_that_is_none_changes_nothing(desk: MailBrowser) -> None:
    choose(desk, "by-hand")
    desk.post(CHOICE, {"lus": "jamais"})
    assert Preferences.objects.get(account=desk.mail.account).marks_read == "by-hand"


def test_later_the_page_tells_once_it_was_in_sight(desk: MailBrowser) -> None:
    choose(desk, "later")
    uid = desk.put(letter(desk.mail.address))
    tells = TELLS.search(body(desk.get(desk.url(tail=f"{uid}/"))))
    assert tells
    assert SEEN not in desk.flags(uid)
    assert desk.post(tells[1], {}, **HTMX).status_code == 204
    assert SEEN in desk.flags(uid)
    assert not TELLS.search(body(desk.get(desk.url(tail=f"{uid}/"))))


@pytest.mark.parametrize("when", ["later", "by-hand"])
def test_a_press_leaves_it_unread_too(desk: MailBrowser, when: str) -> None:
    choose(desk, when)
    uid = desk.put(letter(desk.mail.address))
    pressed = desk.get(desk.url(tail=f"{uid}/"), **PRESS)
    assert "X-Ouverture" not in pressed
    assert bool(TELLS.search(body(pressed))) is (when == "later")
    assert SEEN not in desk.flags(uid)


def test_by_hand_nothing_of_a_conversation_is_read_until_it_is_marked(desk: MailBrowser) -> None:
    choose(desk, "by-hand")
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(3)]
    page = body(desk.get(desk.url(tail=f"{uids[-1]}/")))
    assert not TELLS.search(page)
    assert MARKS_READ.search(page)
    desk.get(desk.url(tail=f"{uids[0]}/depli/?dans={desk.id()}&lu={uids[-1]}"), **HTMX)
    assert not any(SEEN in desk.flags(uid) for uid in uids)
    desk.post(desk.url(tail="lecture/"), {"choix": [str(uids[-1])], "ensemble": "1"})
    assert all(SEEN in desk.flags(uid) for uid in uids)
    assert not MARKS_READ.search(body(desk.get(desk.url(tail=f"{uids[-1]}/"))))


def test_later_what_is_unfolded_is_read_at_once(desk: MailBrowser) -> None:
    choose(desk, "later")
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(2)]
    desk.get(desk.url(tail=f"{uids[0]}/depli/?dans={desk.id()}&lu={uids[-1]}"), **HTMX)
    assert [SEEN in desk.flags(Uid(uid)) for uid in uids] == [True, False]


@pytest.mark.parametrize(("when", "says"), [("later", "I"), ("by-hand", "I"), ("opened", "U")])
def test_the_button_of_an_open_page_follows(desk: MailBrowser, when: str, says: str) -> None:
    """Five seconds later, or elsewhere: the list that is drawn again brings the button that is right now."""
    choose(desk, when)
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(2)]
    live = {**HTMX, "HX-Target": "section#liste"}

    def button() -> set[str]:
        part = body(desk.get(desk.url(tail=f"?ouvert={uids[1]}&vus=2"), **live))
        return set(re.findall(r'id="lu-ici(?:-aussi)?" hx-swap-oob="outerMorph"[^>]*data-key="(\w)"', part))

    assert button() == {says}
    with desk.session() as session:
        session.store(desk.id(), [Uid(uid) for uid in uids], add=[SEEN])
    assert button() == {"U"}
    with desk.session() as session:
        session.store(desk.id(), [Uid(uids[0])], remove=[SEEN])
    assert button() == {says}
