"""A list that is drawn once says what is true each time: whose it is, which row is open, where acts come back to."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection as database
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import override

from vaguemestre.mailbox.values import FLAGGED, SEEN, Uid
from vaguemestre.testing import letter
from vaguemestre.web import fragment_cache
from vaguemestre.webmail.message_list import rows
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.models import Label
from vaguemestre.webmail.testing.browser import MailBrowser

ROW = re.compile(r'<a class="row-link" href="([^"]+)"([^>]*) data-is="[0-9a-f]+">')
KNOWN = re.compile(r'<a class="row-link" href="([^"]+)"[^>]* data-is="([0-9a-f]+)">')


def links(response: HttpResponse) -> dict[str, str]:
    """Of each row: its address, and what its link says besides."""
    return {url: said.strip() for url, said in ROW.findall(response.content.decode())}


def tokens(response: HttpResponse) -> set[str]:
    return set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.content.decode()))


@pytest.fixture
def url(desk: MailBrowser) -> str:
    for number in (1, 2, 3):
        desk.put(letter(desk.mail.address, subject=f"Lettre {number}"), flags=(SEEN,))
    return desk.url()


def test_the_open_message_is_marked_and_no_other(desk: MailBrowser, url: str) -> None:
    first, second, third = (f"{url}{uid}/" for uid in (3, 2, 1))
    desk.get(url)
    for opened in (second, third, first):
        said = links(desk.get(opened))
        assert said == {one: 'aria-current="true"' if one == opened else "" for one in (first, second, third)}
    assert links(desk.get(url)) == dict.fromkeys((first, second, third), "")


def test_acts_come_back_to_the_page_that_is_shown(desk: MailBrowser, url: str) -> None:
    for page in (url, f"{url}2/", f"{url}1/", url):
        html = desk.get(page).content.decode()
        back = re.findall(r'<form id="ligne"[^>]*>.*?name="retour" value="([^"]*)"', html, re.DOTALL)
        assert back == [page]
        menu = re.findall(r'label-choice" name="retour" value="([^"]*)"', html)
        assert set(menu) == {page}


def test_one_token_a_page_and_it_holds(desk: MailBrowser, url: str) -> None:
    desk.client.handler.enforce_csrf_checks = True
    desk.get(url)
    response = desk.get(url)
    [token] = tokens(response)
    form = {"choix": "1", "csrfmiddlewaretoken": token}
    sent = desk.client.post(f"{url}suivi/", form, headers={"Origin": "https://testserver"}, secure=True)
    assert sent.status_code != 403
    assert FLAGGED in desk.flags(1)


def test_two_people_in_one_process(desk: MailBrowser, neighbour: MailBrowser, url: str) -> None:
    neighbour.put(letter(neighbour.mail.address, subject="À Karim"))
    for _twice in range(2):
        mine, theirs = desk.get(url).content.decode(), neighbour.get(neighbour.url()).content.decode()
        assert "Lettre 1" in mine
        assert "Karim" not in mine
        assert "À Karim" in theirs
        assert "Lettre 1" not in theirs


def test_what_changes_is_seen_at_once(desk: MailBrowser, url: str) -> None:
    desk.get(url)
    desk.put(letter(desk.mail.address, subject="Toute neuve"))
    assert "Toute neuve" in desk.get(url).content.decode()
    desk.client.post(f"{url}suivi/", {"choix": "1"})
    assert desk.get(url).content.decode().count("data-starred") == 1
    with desk.session() as session:
        session.store(desk.id(), [Uid(1)], add=["$label1"])
    assert "Important" in desk.get(url).content.decode()
    Label.objects.create(account=desk.mail.account, keyword="$label1", name="Brûlant", colour="brick", position=1)
    html = desk.get(url).content.decode()
    assert '<span class="cut">Brûlant</span>' in html
    assert '<span class="cut">Important</span>' not in html


def test_a_row_is_drawn_anew_when_the_hour_the_language_or_whose_it_is_changes(desk: MailBrowser, url: str) -> None:
    with desk.session() as session:
        everything, found, _quota = session.exchanges(desk.id())
    folder = next(one for one in everything if one.id == desk.id())

    def drawn(
        now: datetime, *, language: str = "fr", mine: frozenset[str] = frozenset(), labels: rows.Drawn = rows.no_labels
    ) -> str:
        with override(language):
            return "".join(day.rows for day in rows.list_days(found, ListQuery(desk.id()), folder, mine, now, labels))

    now, sender = timezone.now(), found.page.rows[0].sender
    assert sender
    first = drawn(now)
    assert drawn(now) == first
    assert drawn(now + timedelta(minutes=5)) != first
    assert drawn(now + timedelta(days=1)) != first
    assert drawn(now, language="en") != first
    assert drawn(now, mine=frozenset({sender.address.lower()})) != first
    assert drawn(now, labels=lambda _flags: SafeString("<b>Brûlant</b>")) != first
    assert drawn(now) == first


def test_a_filter_and_another_order_are_other_lists(desk: MailBrowser, url: str) -> None:
    assert [len(links(desk.get(f"{url}{query}"))) for query in ("", "?voir=non-lus", "?tri=objet", "")] == [3, 0, 3, 3]


def test_a_row_says_by_what_it_is_known_whichever_is_open(desk: MailBrowser, url: str) -> None:
    """A page leaves a row alone that has not changed."""

    def known(tail: str = "") -> dict[str, str]:
        return dict(KNOWN.findall(desk.get(f"{url}{tail}").content.decode()))

    before = known()
    assert len(set(before.values())) == 3
    assert before == known("2/") == known("1/")
    desk.client.post(f"{url}suivi/", {"choix": "1"})
    after = known()
    assert {one for one in before if before[one] != after[one]} == {f"{url}1/"}


def test_a_row_says_whether_its_text_comes_in_a_frame(desk: MailBrowser, url: str) -> None:
    message = letter(desk.mail.address, subject="Mise en forme")
    message.add_alternative("<p>Bonjour.</p>", subtype="html")
    framed = desk.put(message)
    said = links(desk.get(url))
    assert {one for one, words in said.items() if 'data-frame="corps/"' in words} == {f"{url}{framed}/"}
    html = desk.get(f"{url}{framed}/").content.decode()
    assert f'id="{url}{framed}/corps/" name="{url}{framed}/corps/" src="{url}{framed}/corps/"' in html


def test_no_two_things_of_a_page_have_one_name(desk: MailBrowser) -> None:
    for number in range(52):
        desk.put(letter(desk.mail.address, subject=f"Lettre {number}"), flags=(SEEN,))
    html = desk.get(f"{desk.url()}52/").content.decode()
    names = re.findall(r'\sid="([^"]+)"', html)
    assert 'class="pager"' in html
    assert 'class="reader-more"' in html
    assert {one for one in names if names.count(one) > 1} == set()


def test_a_page_that_shows_the_list_gets_the_message_alone(desk: MailBrowser, url: str) -> None:
    def opened(uid: int, **said: str) -> HttpResponse:
        return desk.get(
            f"{url}{uid}/", **{"HX-Request": "true", "HX-Target": "div#bureau", "HX-Boosted": "true"}, **said
        )

    [state] = re.findall(r'data-state="(\w+)', desk.get(url).content.decode())
    shows = {"X-Etat": state, "X-Suite": f"1 {url}"}
    alone = opened(2, **shows)
    html = alone.content.decode()
    assert (alone["HX-Retarget"], alone["HX-Reswap"]) == ("#lecture", "outerMorph show:none")
    assert "Lettre 2" in html
    assert f'data-here="{url}2/" data-row="{url}2/"\n    data-asks="ouvert=2&amp;vus=1"' in html
    assert {f"{url}1/", f"{url}3/"} <= set(
        re.findall(r'<a class="button button-icon" id="plus-\w+" href="([^"]+)"', html)
    )
    assert 'id="liste"' not in html
    assert 'id="boites"' not in html
    for other in ({}, {"X-Etat": state}, shows | {"X-Etat": ""}, shows | {"X-Suite": f"1 {desk.url('sent')}"}):
        whole = opened(1, **other)
        assert "HX-Retarget" not in whole
        assert len(links(whole)) == 3


def test_for_a_message_alone_its_list_is_not_asked_for(desk: MailBrowser, url: str, trips: list[int]) -> None:
    said = {"HX-Request": "true", "HX-Target": "div#bureau", "X-Suite": f"1 {url}", "X-Etat": "1f"}
    for uid in (2, 1):
        desk.get(f"{url}{uid}/", **said)
    trips.clear()
    with CaptureQueriesContext(database) as queries:
        desk.get(f"{url}2/", **said)
    assert sum(trips) <= 2  # what it is, and its text
    assert len(queries) <= 9


def test_a_page_has_one_heading_of_the_first_rank_and_the_list_one_of_its_own(desk: MailBrowser, url: str) -> None:
    """The drawn list is the same beside a message and by itself, but for its heading."""
    for tail, rank, other in (("", "h1", ""), ("2/", "h2", "reader"), ("", "h1", "")):
        html = desk.get(f"{url}{tail}").content.decode()
        assert re.findall(r'<(h\d) [^>]*id="titre-liste"', html) == [rank]
        assert html.count("<h1") == 1
        assert re.findall(r'data-plane-heading="(\w+)"', html) == [other or "list"]


def test_what_is_opened_beside_a_list_does_not_draw_it_anew(
    desk: MailBrowser, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    put = fragment_cache.fragments.put

    def told(name: fragment_cache.FragmentName, pieces: fragment_cache.Pieces) -> None:
        drawn.append(name.part)
        put(name, pieces)

    monkeypatch.setattr(fragment_cache.fragments, "put", told)
    desk.put(letter(desk.mail.address, subject="Elle vient"), flags=(SEEN,))
    desk.get(url)
    assert {"list", "rows"} <= set(drawn)
    drawn.clear()
    desk.get(f"{url}2/")
    desk.get(f"{url}1/")
    assert not {"list", "rows"} & set(drawn)
