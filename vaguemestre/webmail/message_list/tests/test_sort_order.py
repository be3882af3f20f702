"""Other orders of the list, the filter of attachments, and the list that continues while one scrolls."""

import re
from typing import NoReturn

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.mailbox.errors import SignInRefusedError
from vaguemestre.mailbox.imap.list_filters import SortOrder
from vaguemestre.mailbox.imap.messages import attachment_keyword
from vaguemestre.mailbox.values import FLAGGED
from vaguemestre.testing import letter
from vaguemestre.webmail.message_list import sort_order
from vaguemestre.webmail.search import attachment_index
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.bulk import fill
from vaguemestre.webmail.testing.messages import unjudge
from vaguemestre.webmail.testing.order import FOLLOWING, subjects
from vaguemestre.webmail.testing.pages import body

WEIGHT = re.compile(r'<span class="row-weight">([^<]+)</span>')
WITH_FILE = (
    b"From: a@b.example\r\nSubject: Avec dossier\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nVoici.\r\n--b\r\nContent-Type: application/pdf; name=n.pdf\r\n"
    b"Content-Disposition: attachment; filename=n.pdf\r\n\r\n%PDF-1.4\r\n--b--\r\n"
)


@pytest.fixture
def three(desk: MailBrowser) -> MailBrowser:
    desk.put(letter(desk.mail.address, sender="Zoé <z@a.example>", subject="Moyenne", text="m" * 3000))
    desk.put(letter(desk.mail.address, sender="Élise <e@a.example>", subject="Ancienne", text="a"))
    desk.put(letter(desk.mail.address, sender="Marc <m@a.example>", subject="Grande", text="g" * 9000))
    return desk


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?tri=taille", ["Grande", "Moyenne", "Ancienne"]),
        ("?tri=taille&sens=inverse", ["Ancienne", "Moyenne", "Grande"]),
        ("?tri=objet", ["Ancienne", "Grande", "Moyenne"]),
        ("?tri=objet&sens=inverse", ["Moyenne", "Grande", "Ancienne"]),
        ("?tri=date&sens=inverse", ["Moyenne", "Ancienne", "Grande"]),
        ("?tri=date", ["Grande", "Ancienne", "Moyenne"]),
        ("?tri=humeur", ["Grande", "Ancienne", "Moyenne"]),
    ],
)
def test_orders(three: MailBrowser, query: str, expected: list[str]) -> None:
    assert subjects(body(three.get(three.url() + query))) == expected


def test_people_are_sorted_by_the_name_that_the_row_shows(desk: MailBrowser) -> None:
    """Their address only where there is no name; accents and capitals as a dictionary has them."""
    for subject, person in (
        ("Quatre", "Zoé <a@a.example>"), ("Trois", "marc@a.example"), ("Deux", "Élise <z@a.example>"),
        ("Un", "dora <m@a.example>"),
    ):  # fmt: skip
        desk.put(letter(desk.mail.address, sender=person, subject=subject))
        desk.put(letter(person, sender=desk.mail.address, subject=subject), "sent")
    expected = ["Un", "Deux", "Trois", "Quatre"]
    assert subjects(body(desk.get(desk.url() + "?tri=expediteur"))) == expected
    assert subjects(body(desk.get(desk.url() + "?tri=expediteur&sens=inverse"))) == expected[::-1]
    assert subjects(body(desk.get(desk.url("sent") + "?tri=destinataire"))) == expected


def test_a_sort_costs_two_exchanges_and_the_usual_order_one(three: MailBrowser, trips: list[int]) -> None:
    url = three.url()
    three.get(url)
    trips.clear()
    three.get(url + "?tri=taille")
    three.get(url)
    assert trips == [2, 1]


def test_a_row_says_its_size_where_one_sorts_by_it_to_make_room_and_nowhere_else(three: MailBrowser) -> None:
    url = three.url()
    for tail, count in (("", 0), ("?tri=objet", 0), ("?tri=taille", 3)):
        weights = WEIGHT.findall(body(three.get(url + tail)))
        assert [said.endswith(("\u00a0octets", "\u00a0Ko")) for said in weights] == [True] * count


def test_sorted_pages_follow_one_another(desk: MailBrowser) -> None:
    for number in range(53):
        desk.put(letter(desk.mail.address, subject=f"N{number:02}."))
    first = body(desk.get(desk.url() + "?tri=objet"))
    assert subjects(first)[0] == "N00."
    older = re.search(r'href="([^"]+)">Plus anciens', first)
    assert older
    second = body(desk.get(older[1].replace("&amp;", "&")))
    assert subjects(second) == ["N50.", "N51.", "N52."]
    assert "51 à 53 sur 53" in second


def test_a_sort_and_a_filter_at_once(three: MailBrowser) -> None:
    three.put(letter(three.mail.address, subject="Retenue"), flags=(FLAGGED,))
    page = body(three.get(three.url() + "?tri=objet&voir=suivis"))
    assert subjects(page) == ["Retenue"]
    assert "voir=non-lus&amp;tri=objet" in page


def test_what_has_attachments(desk: MailBrowser) -> None:
    desk.put(WITH_FILE)
    desk.put(letter(desk.mail.address, subject="Sans rien"))
    page = body(desk.get(desk.url() + "?voir=pieces"))
    assert subjects(page) == ["Avec dossier"]
    assert "Aucune pièce jointe" in body(desk.get(desk.url("trash") + "?voir=pieces"))


def test_what_older_mail_has_attachments(desk: MailBrowser, trips: list[int]) -> None:
    """One exchange more than another filter that names the same message."""
    desk.put(WITH_FILE, flags=(FLAGGED,))
    desk.put(letter(desk.mail.address, subject="Sans rien"))
    unjudge(desk)
    url = desk.url() + "?voir=pieces"
    assert subjects(body(desk.get(url))) == ["Avec dossier"]
    trips.clear()
    assert subjects(body(desk.get(url))) == ["Avec dossier"]
    asked_once_more = sum(trips)
    starred = desk.url() + "?voir=suivis"
    desk.get(starred)
    trips.clear()
    assert subjects(body(desk.get(starred))) == ["Avec dossier"]
    assert asked_once_more == sum(trips) + 1


def test_so_much_older_mail_that_the_rest_is_looked_at_in_the_background(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment_keyword, "AT_ONCE", 1)
    for role in ("inbox", "inbox", "inbox", "archive"):
        desk.put(WITH_FILE, role)
    unjudge(desk)
    unjudge(desk, "archive")
    page = body(desk.get(desk.url() + "?voir=pieces"))
    assert subjects(page) == ["Avec dossier"]
    assert "cette liste se complétera d’elle-même" in page
    for _slice in range(9):
        due.run(timezone.now())
    assert not Due.objects.filter(job=attachment_index.LOOK_ON.name).exists()
    page = body(desk.get(desk.url() + "?voir=pieces"))
    assert len(subjects(page)) == 3
    assert "se complétera" not in page
    with desk.session() as session:
        assert not session.has_unjudged()


def test_a_search_for_files_has_older_mail_looked_at(desk: MailBrowser) -> None:
    desk.put(WITH_FILE, "archive")
    unjudge(desk, "archive")
    page = body(desk.get("/webmail/recherche/?q=pj%3Aoui"))
    assert "cette liste se complétera d’elle-même" in page
    assert due.run(timezone.now()) >= 1
    page = body(desk.get("/webmail/recherche/?q=pj%3Aoui"))
    assert subjects(page) == ["Avec dossier"]
    assert "se complétera" not in page


def test_a_mailbox_that_is_closed_is_not_looked_at_for_ever(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_key: str) -> NoReturn:
        raise SignInRefusedError("", "closed")

    monkeypatch.setattr(attachment_index, "open_mailbox_of", refuse)
    due.at(timezone.now(), attachment_index.LOOK_ON, desk.mail.key)
    assert due.run(timezone.now()) >= 1
    assert not Due.objects.filter(job=attachment_index.LOOK_ON.name).exists()


@pytest.mark.parametrize("word", list(sort_order.SORTS))
@pytest.mark.parametrize("direction", ["", sort_order.REVERSED])
def test_orders_are_written_as_they_are_read(word: str, direction: str) -> None:
    order = sort_order.parse_sort_order(word, direction)
    written = sort_order.sort_parameters(order)
    assert sort_order.parse_sort_order(written.get("tri", ""), written.get("sens", "")) == order
    assert (order is None) == (SortOrder("arrival", True).by == "arrival" and (word, direction) == ("date", ""))


# The list that continues


def test_the_next_rows_alone_are_one_exchange(desk: MailBrowser, trips: list[int]) -> None:
    fill(desk, 120)
    url = desk.url()
    older = re.search(r'hx-get="([^"]+\?avant=\d+-\d+)"', body(desk.get(url)))
    assert older
    trips.clear()
    response = desk.get(older[1], **FOLLOWING, **{"X-Suite": f"1 {url}", "HX-Current-URL": f"https://h{url}"})
    html = body(response)
    assert html.count('<li class="row"') == 50
    assert "<main" not in html
    assert "avant=" not in html.split("<nav")[0]  # a row of the second page leads back to the list from its top
    assert '<nav class="pager" id="suite"' in html
    assert trips == [1]
    assert response["HX-Replace-Url"] == f"{url}?suite=2"


def test_addresses_that_are_none_do_not_keep_the_rows_from_coming(desk: MailBrowser) -> None:
    fill(desk, 60)
    older = re.search(r'hx-get="([^"]+\?avant=\d+-\d+)"', body(desk.get(desk.url())))
    assert older
    response = desk.get(older[1], **FOLLOWING, **{"X-Suite": "1 //[x", "HX-Current-URL": "https://[x/"})
    assert response.status_code == 200
    assert body(response).count('<li class="row"') == 10


def test_a_live_refresh_keeps_all_the_pages_that_are_there(desk: MailBrowser) -> None:
    fill(desk, 120)
    url = desk.url()
    refresh = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1", "X-Suite": f"2 {url}"}
    assert body(desk.get(url, **refresh)).count('<li class="row"') == 100
    elsewhere = {**refresh, "X-Suite": f"2 {desk.url('trash')}"}
    assert body(desk.get(url, **elsewhere)).count('<li class="row"') == 50


def test_the_address_brings_the_pages_back(desk: MailBrowser) -> None:
    fill(desk, 120)
    page = body(desk.get(desk.url() + "?suite=3"))
    assert page.count('<li class="row"') == 120
    assert "1 à 100 sur 120" in body(desk.get(desk.url() + "?suite=2"))
    for wrong in ("0", "-1", "x", "9999", ""):
        assert body(desk.get(desk.url() + f"?suite={wrong}")).count('<li class="row"') == 50


def test_a_message_opened_far_down_keeps_its_list(desk: MailBrowser) -> None:
    fill(desk, 120)
    url, last = desk.url(), desk.uids()[0] - 90
    response = desk.get(f"{url}{last}/", **HTMX, **{"HX-Boosted": "true", "X-Suite": f"2 {url}"})
    assert body(response).count('<li class="row"') == 100
    assert response["HX-Push-Url"] == f"{url}{last}/?suite=2"


def test_all_that_the_list_names_may_be_chosen(desk: MailBrowser) -> None:
    fill(desk, 60)
    page = body(desk.get(desk.url()))
    assert "Choisir les 60 messages de ce dossier" in page
    assert "Choisir les 60 messages non lus de ce dossier" in body(desk.get(desk.url() + "?voir=non-lus"))
    assert "Choisir les" not in body(desk.get(desk.url("trash")))


# Asking for news when there is none


def test_a_refresh_without_news_has_no_answer(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    url = desk.url()
    refresh = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1"}

    def asked_twice() -> int:
        known = re.search(r'data-state="([0-9a-f]+)"', body(desk.get(url)))
        assert known
        refresh["X-Etat"] = known[1]
        return desk.get(url, **refresh).status_code

    assert 204 in {asked_twice(), asked_twice()}  # a minute may end in one of the two
    with desk.session() as session:
        session.store(desk.id(), [uid], add=[FLAGGED])
    assert "data-starred" in body(desk.get(url, **refresh))
    elsewhere = desk.put(letter(desk.mail.address), "junk")
    assert elsewhere
    assert desk.get(url, **refresh).status_code == 200
