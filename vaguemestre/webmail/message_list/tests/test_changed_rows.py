"""A page that asks for news of a list in which only marks have changed is given the rows that say something else."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from vaguemestre.mailbox.imap.wire.answer_cache import AnswerCache
from vaguemestre.mailbox.values import FLAGGED, SEEN, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.message_list import list_state
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body

pytestmark = pytest.mark.django_db(transaction=True)
LIVE = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1"}
ROW = re.compile(r'<li class="row" id="l(\d+)"')


@pytest.fixture
def url(desk: MailBrowser) -> str:
    for number in (1, 2, 3):
        desk.put(letter(desk.mail.address, subject=f"Lettre {number}"))
    return desk.url()


def state_of(html: str) -> str:
    found = re.search(r'data-state="([0-9a-f]+)', html)
    assert found
    return found[1]


def ask(desk: MailBrowser, url: str, state: str) -> HttpResponse:
    return desk.get(url, **LIVE, **{"X-Etat": state, "X-Suite": f"1 {url}"})


def mark(desk: MailBrowser, uid: int, flag: str) -> None:
    with desk.session() as session:
        session.store(desk.id(), [Uid(uid)], add=[flag])


@pytest.mark.parametrize(("flag", "said"), [(SEEN, ""), (FLAGGED, " data-unread data-starred")])
def test_one_that_was_marked_is_sent_alone_with_the_counts(desk: MailBrowser, url: str, flag: str, said: str) -> None:
    before = state_of(body(desk.get(url)))
    mark(desk, 2, flag)
    html = body(ask(desk, url, before))
    assert ROW.findall(html) == ["2"]
    assert f'data-value="2"{said}>' in html
    assert 'id="liste"' in html
    assert "data-same></section>" in html
    unread = re.search(r'hx-target="#compte"[^>]*>\s*<span class="count[^>]*>(\d+)', html)
    assert unread
    assert unread[1] == ("2" if flag == SEEN else "3")
    assert 'hx-target="#arborescence"' in html
    assert 'id="flux" hx-swap-oob' in html
    assert state_of(html) != before
    assert ask(desk, url, state_of(html)).status_code == 204
    assert state_of(body(desk.get(url))) == state_of(html)


def test_the_row_of_the_open_message_stays_marked_and_its_acts_are_those_of_now(desk: MailBrowser, url: str) -> None:
    before = state_of(body(desk.get(f"{url}2/")))
    mark(desk, 2, FLAGGED)
    html = body(desk.get(f"{url}?ouvert=2&vus=1", **LIVE, **{"X-Etat": f"{before}.2", "X-Suite": f"1 {url}"}))
    assert ROW.findall(html) == ["2"]
    assert f'href="{url}2/" aria-current="true"' in html
    assert re.search(r'id="suivre"[^>]*aria-pressed="true"', html)


def test_a_second_mark_is_told_after_the_first(desk: MailBrowser, url: str) -> None:
    state = state_of(body(desk.get(url)))
    for uid in (1, 3):
        mark(desk, uid, FLAGGED)
        html = body(ask(desk, url, state))
        assert ROW.findall(html) == [str(uid)]
        state = state_of(html)


def test_other_rows_or_others_order_come_whole(desk: MailBrowser, url: str) -> None:
    state = state_of(body(desk.get(url)))
    desk.put(letter(desk.mail.address, subject="Lettre 4"))
    html = body(ask(desk, url, state))
    assert ROW.findall(html) == ["4", "3", "2", "1"]
    desk.client.post(f"{url}epingle/", {"choix": "1"})
    html = body(ask(desk, url, state_of(html)))
    assert ROW.findall(html)[0] == "1"
    assert len(ROW.findall(html)) == 4


def test_where_it_is_not_remembered_what_they_said_all_come(
    desk: MailBrowser, neighbour: MailBrowser, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = state_of(body(desk.get(url)))
    mark(desk, 2, FLAGGED)
    assert len(ROW.findall(body(ask(desk, url, "0" * 32)))) == 3
    with monkeypatch.context() as elsewhere:  # another process
        elsewhere.setattr(list_state, "_said_rows", AnswerCache(8))
        assert len(ROW.findall(body(ask(desk, url, state)))) == 3
    neighbour.put(letter(neighbour.mail.address))
    assert len(ROW.findall(body(ask(neighbour, neighbour.url(), state)))) == 1
