"""What is pinned stands on top of its folder and nowhere else; the list continues as it was, and costs what it did."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from vaguemestre.mailbox.values import FLAGGED, PINNED, SEEN, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.message_list import list_query, pins
from vaguemestre.webmail.message_list.list_query import PAGE_SIZE
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange
from vaguemestre.webmail.testing.pages import body

DAY = re.compile(r'<div class="day" role="group" aria-label="([^"]*)">(.*?)</div>', re.DOTALL)
WAYS = re.compile(r'id="(plus-recent|plus-ancien)" href="([^"]+)"')
LIVE = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1"}
SAID = re.compile(r'<div class="toast".*?<p>(.*?)</p>', re.DOTALL)


def shown(html: str) -> dict[str, list[int]]:
    """Numbers of the rows, under their headings."""
    return {heading: [int(one) for one in re.findall(r'id="l(\d+)"', part)] for heading, part in DAY.findall(html)}


def pinned(desk: MailBrowser, url: str = "") -> list[int]:
    return shown(body(desk.get(url or desk.url()))).get("Épinglés", [])


def everywhere(desk: MailBrowser, url: str = "") -> list[int]:
    return [uid for some in shown(body(desk.get(url or desk.url()))).values() for uid in some]


PLACE = re.compile(r'<span class="hint">(\d+) sur (\d+)</span>')


def read_on(desk: MailBrowser, first: int, to: str = "plus-ancien", query: str = "") -> list[tuple[int, str, str]]:
    """Number, place and how many of each message to which the way leads from this one."""
    url, seen = desk.url(tail=f"{first}/{query}"), []
    while url:
        html = body(desk.get(url))
        live = body(desk.get(f"{desk.url()}{query}{'&' if query else '?'}ouvert={url.split('/')[-2]}", **LIVE))
        assert WAYS.findall(live) == WAYS.findall(html)  # beside the list that is drawn again, as on its page
        place = PLACE.findall(html)[0]
        assert PLACE.findall(live)[0] == place
        seen.append((int(url.split("/")[-2]), *place))
        url = dict(WAYS.findall(html)).get(to, "")
    return seen


@pytest.fixture
def uids(desk: MailBrowser) -> list[Uid]:
    return [desk.put(letter(desk.mail.address, subject=f"Lettre {n}"), flags=(SEEN,)) for n in range(3)]


def pin(desk: MailBrowser, *uids: int, tail: str = "epingle/", **more: object) -> str:
    """What is said of it."""
    response = desk.post(desk.url(tail=tail), {"choix": [str(uid) for uid in uids], **more})
    assert response.status_code == 302
    return "".join(SAID.findall(body(desk.get(response["Location"]))))


def test_it_stands_on_top_once_until_it_is_unpinned_or_that_is_undone(desk: MailBrowser, uids: list[Uid]) -> None:
    first, second, third = uids
    assert pinned(desk) == []
    assert "1 message épinglé" in pin(desk, first)
    assert everywhere(desk) == [first, third, second]
    assert pinned(desk) == [first]
    rows = re.findall(r'id="l(\d+)"[^>]* data-pinned', body(desk.get(desk.url())))
    assert rows == [str(first)]  # the stylesheet offers it the way back
    assert PINNED in desk.flags(first)
    assert "1 message n’est plus épinglé" in pin(desk, first, tail="epingle/retrait/")
    assert (pinned(desk), everywhere(desk)) == ([], [third, second, first])
    desk.post(desk.url(tail="epingle/"), {"choix": str(second)})
    undo = re.search(r'name="fait" value="([^"]+)"', body(desk.get(desk.url())))
    assert undo
    assert pinned(desk) == [second]
    desk.post(reverse("webmail:marks-undo"), {"fait": undo[1]})
    assert pinned(desk) == []


def test_the_pages_go_on_without_it(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=f"Lettre {n}"), flags=(SEEN,)) for n in range(PAGE_SIZE + 5)]
    pin(desk, uids[0], uids[-1])
    html = body(desk.get(desk.url()))
    assert pinned(desk) == [uids[-1], uids[0]]
    assert f"1 à {PAGE_SIZE} sur {PAGE_SIZE + 5}" in re.sub(r"[\u202f\xa0]", " ", html)
    older = re.search(r'href="([^"]+avant=\d+[^"]*)"', html)
    assert older
    below = everywhere(desk, older[1].replace("&amp;", "&"))
    assert sorted([*everywhere(desk), *below]) == uids
    assert uids[0] not in below


def test_of_a_conversation_one_message_bears_it_and_all_let_it_go(desk: MailBrowser) -> None:
    made = Exchange(desk)
    asked = made.put("Combien ?", sender="S <s@x.example>", flags=(SEEN,))
    added = made.put("Alors ?", sender="S <s@x.example>", flags=(SEEN,))
    alone = desk.put(letter(desk.mail.address, subject="Seule"), flags=(SEEN,))
    pin(desk, added, ensemble="1")
    assert [PINNED in desk.flags(uid) for uid in (asked, added)] == [False, True]
    late = made.put("Merci.", sender="S <s@x.example>")
    assert (pinned(desk), everywhere(desk)) == ([late], [late, alone])
    page = body(desk.get(desk.url(tail=f"{late}/")))
    assert "/epingle/retrait/" in page
    assert 'aria-current="true"' in "".join(re.findall(r'<a class="row-link"[^>]*>', page))
    pin(desk, late, tail="epingle/retrait/", ensemble="1")
    assert not any(PINNED in desk.flags(uid) for uid in (asked, added, late))
    assert pinned(desk) == []


def test_under_a_filter_in_another_order_or_where_nothing_lasts_there_is_no_top(
    desk: MailBrowser, uids: list[Uid]
) -> None:
    pin(desk, uids[0])
    for query in ("?voir=suivis", "?tri=objet"):
        assert pinned(desk, desk.url(tail=query)) == []
    assert everywhere(desk, desk.url(tail="?tri=objet")) != []
    with desk.session() as session:
        session.store(desk.id(), [uids[0]], add=[FLAGGED])
    assert everywhere(desk, desk.url(tail="?voir=suivis")) == [uids[0]]
    for role in ("junk", "trash", "drafts"):
        uid = desk.put(letter(desk.mail.address), role)
        assert desk.post(desk.url(role, tail="epingle/"), {"choix": str(uid)}).status_code == 404
        assert "/epingle/" not in body(desk.get(desk.url(role, tail=f"{uid}/")))


def test_message_by_message_too(desk: MailBrowser, uids: list[Uid]) -> None:
    pin(desk, uids[1])
    Preferences.objects.filter(account=desk.mail.account).update(flat_list=True)
    assert (pinned(desk), everywhere(desk)) == ([uids[1]], [uids[1], uids[2], uids[0]])


@pytest.mark.parametrize("flat", [False, True])
def test_one_reads_on_as_the_list_stands(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch, *, flat: bool) -> None:
    """Also beyond the rows that are drawn, from both ends and from anywhere."""
    desk.post("/webmail/reglages/lecture/", {"liste": "messages" if flat else "conversations"})
    made = Exchange(desk)
    uids = [made.put("Combien ?", sender="S <s@x.example>", flags=(SEEN,))]
    uids += [desk.put(letter(desk.mail.address, subject=f"Lettre {n}"), flags=(SEEN,)) for n in range(4)]
    uids += [made.put("Alors ?", sender="S <s@x.example>", flags=(SEEN,))]
    uids += [desk.put(letter(desk.mail.address, subject=f"Suite {n}"), flags=(SEEN,)) for n in range(3)]
    pin(desk, uids[5], uids[2], uids[7], **({} if flat else {"ensemble": "1"}))
    order = everywhere(desk)
    assert order[:3] == [uids[7], uids[5], uids[2]]
    assert len(order) == (9 if flat else 8)
    expected = [(uid, str(place), str(len(order))) for place, uid in enumerate(order, start=1)]
    for page in (list_query.PAGE_SIZE, 3):
        monkeypatch.setattr(list_query, "PAGE_SIZE", page)
        assert read_on(desk, order[0]) == expected
        assert read_on(desk, order[-1], "plus-recent") == expected[::-1]


def test_mail_that_crossed_on_its_way_is_read_on_in_the_order_of_the_list(desk: MailBrowser) -> None:
    uids = []
    for minutes in (9, 3, 6, 1):
        message = letter(desk.mail.address, subject=f"Il y a {minutes}")
        del message["Date"]
        message["Date"] = timezone.localtime() - timedelta(seconds=minutes)
        uids.append(desk.put(message, flags=(SEEN,)))
    order = everywhere(desk)
    assert [uid for uid, *_place in read_on(desk, order[0])] == order
    with desk.session() as session:
        session.store(desk.id(), [uids[0], uids[2]], add=[FLAGGED])
    assert [uid for uid, *_place in read_on(desk, uids[2], query="?voir=suivis")] == [uids[2], uids[0]]


def test_another_program_s_pin_counts_and_what_is_pinned_elsewhere_is_news(desk: MailBrowser, uids: list[Uid]) -> None:
    pin(desk, uids[0])
    page = body(desk.get(desk.url()))
    state = re.search(r'data-state="([^"]+)"', page)
    assert state
    live = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1", "X-Etat": state[1]}
    assert desk.get(desk.url(), **live).status_code == 204
    with desk.session() as session:
        session.store(desk.id(), [uids[1]], add=[PINNED])
    assert shown(body(desk.get(desk.url(), **live)))["Épinglés"] == [uids[1], uids[0]]


def test_no_more_than_stand_in_sight(desk: MailBrowser, uids: list[Uid], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "MOST", 2)
    assert "2 messages épinglés" in pin(desk, *uids[:2])
    assert "2 messages au plus" in pin(desk, uids[2])
    assert PINNED not in desk.flags(uids[2])
    with desk.session() as session:
        session.store(desk.id(), [uids[2]], add=[PINNED])
    assert sorted(everywhere(desk)) == uids  # what is beyond them has its own place, and is not lost


def test_a_folder_where_nothing_was_pinned_costs_what_it_did(
    desk: MailBrowser, uids: list[Uid], trips: list[int]
) -> None:
    url = desk.url()
    desk.get(url)
    trips.clear()
    desk.get(url)
    assert trips == [1]
    pin(desk, uids[0])
    opened = desk.url(tail=f"{uids[0]}/")
    for page in (url, opened, opened):
        desk.get(page)
    pinned = trips[-1]
    pin(desk, uids[0], tail="epingle/retrait/")
    for page in (url, opened, opened):
        desk.get(page)
    assert trips[-1] == pinned  # its neighbours are known from the list
    pin(desk, uids[0])
    desk.get(url)
    trips.clear()
    desk.get(url)
    assert trips == [1]  # the list of folders says that all is as it was


def test_somebody_elses_is_not_there(desk: MailBrowser, neighbour: MailBrowser, uids: list[Uid]) -> None:
    assert neighbour.post(desk.url(tail="epingle/"), {"choix": str(uids[0])}).status_code == 404
    assert PINNED not in desk.flags(uids[0])
