"""The order of a list is that in which mail was received, whenever it was filed where it lies."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from vaguemestre.mailbox.values import Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.acts import after
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.order import FOLLOWING, subjects
from vaguemestre.webmail.testing.pages import body

NOON = datetime(2026, 3, 10, 11, tzinfo=UTC)


@pytest.fixture(params=["conversations", "messages"], autouse=True)
def mode(desk: MailBrowser, request: pytest.FixtureRequest) -> str:
    desk.post("/webmail/reglages/lecture/", {"liste": request.param})
    return str(request.param)


def put(desk: MailBrowser, subject: str, came: datetime, role: str = "inbox") -> Uid:
    message = letter(desk.mail.address, subject=subject, Message_ID=f"<{uuid4()}@x>")
    del message["Date"]
    message["Date"] = came
    with desk.session() as session:
        uid = session.append(desk.id(role), message.as_bytes().replace(b"\n", b"\r\n"), (), came)
    assert uid is not None
    return uid


def undone(desk: MailBrowser, page: str) -> str:
    word = re.search(r'action="(/webmail/[^"]*annulation/)".*?name="fait" value="([^"]+)"', page, re.DOTALL)
    assert word
    return after(desk, desk.post(word[1], {"fait": word[2], "retour": desk.url()}))


def test_what_is_filed_later_stands_where_it_was_received(desk: MailBrowser) -> None:
    """Archived, and taken back; brought in from elsewhere. What comes is on top all the same."""
    old, *_others = [put(desk, f"Jour {day}", NOON + timedelta(days=day)) for day in range(3)]
    for day in (-1, 1):
        put(desk, f"Classé {day}", NOON + timedelta(days=day), "archive")
    desk.get(desk.url("archive"))
    page = after(desk, desk.post(desk.url(tail="archivage/"), {"choix": old}))
    assert subjects(page) == ["Jour 2", "Jour 1"]
    assert subjects(body(desk.get(desk.url("archive")))) == ["Classé 1", "Jour 0", "Classé -1"]
    assert subjects(undone(desk, page)) == ["Jour 2", "Jour 1", "Jour 0"]
    assert subjects(body(desk.get(desk.url("archive")))) == ["Classé 1", "Classé -1"]
    put(desk, "Apporté", NOON + timedelta(days=1, hours=1))
    desk.put(letter(desk.mail.address, subject="Nouveau"))
    expected = ["Nouveau", "Jour 2", "Apporté", "Jour 1", "Jour 0"]
    assert subjects(body(desk.get(desk.url()))) == expected
    assert subjects(body(desk.get(f"{desk.url()}?tri=date&sens=inverse"))) == expected[::-1]
    with desk.session() as session:
        session.store(desk.id(), [Uid(uid) for uid in desk.uids()], add=["\\Flagged"])
    assert subjects(body(desk.get(f"{desk.url()}?voir=suivis"))) == expected


def test_one_reads_on_in_that_order(desk: MailBrowser) -> None:
    newest, oldest = put(desk, "Hier", NOON), put(desk, "Autrefois", NOON - timedelta(days=90))
    middle = put(desk, "Apporté", NOON - timedelta(days=30))
    page = body(desk.get(desk.url(tail=f"{middle}/")))
    assert "2 sur 3" in page
    assert re.search(rf'id="plus-recent" href="{desk.url(tail=str(newest))}/', page)
    assert re.search(rf'id="plus-ancien" href="{desk.url(tail=str(oldest))}/', page)
    live = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1"}
    assert "2 sur 3" in body(desk.get(f"{desk.url()}?ouvert={middle}", **live))


def test_pages_go_on_day_by_day(desk: MailBrowser) -> None:
    """No row twice and none missing, and each day under one heading, also when what the page ended with has left."""
    days = [(number * 37) % 60 for number in range(60)]
    uids = {day: put(desk, f"J{day:02}", NOON - timedelta(days=day)) for day in days}
    url = desk.url()
    first = body(desk.get(url))
    assert subjects(first) == [f"J{day:02}" for day in range(50)]
    older = re.search(r'hx-get="([^"]+\?avant=\d+-\d+)"', first)
    assert older
    with desk.session() as session:
        session.move(desk.id(), [uids[49]], desk.id("trash"))
    more = {**FOLLOWING, "X-Suite": f"1 {url}", "HX-Current-URL": f"https://h{url}"}
    second = body(desk.get(older[1], **more))
    assert subjects(second) == [f"J{day:02}" for day in range(50, 60)]
    headings = re.findall(r'class="day-name">([^<]+)', first + second)
    assert len(headings) - len(set(headings)) <= 1  # the one that continues
