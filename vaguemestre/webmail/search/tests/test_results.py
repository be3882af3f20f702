"""Results as a list: sorted, going on while one scrolls, its state known."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from vaguemestre.mailbox.imap.list_filters import SortOrder
from vaguemestre.mailbox.imap.search import search_results
from vaguemestre.mailbox.values import FLAGGED, SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.message_list.list_query import SearchQuery
from vaguemestre.webmail.search import results
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import URL, look, rows, subjects, title

FOLLOWING = {**HTMX, "HX-Target": "nav#suite"}
LIST_ALONE = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1"}


@pytest.mark.parametrize(
    ("tail", "expected", "heading"),
    [
        ("&tri=objet", ["Sortie a", "Sortie b", "Sortie c"], "Par objet, de A à Z"),
        ("&tri=objet&sens=inverse", ["Sortie c", "Sortie b", "Sortie a"], "Par objet, de Z à A"),
        ("&tri=taille", ["Sortie b", "Sortie a", "Sortie c"], "Du plus lourd au plus léger"),
        ("&tri=expediteur", ["Sortie b", "Sortie c", "Sortie a"], "Par expéditeur, de A à Z"),
        ("&tri=date&sens=inverse", ["Sortie a", "Sortie b", "Sortie c"], "Du plus ancien au plus récent"),
        ("&tri=humeur", ["Sortie c", "Sortie b", "Sortie a"], ""),
    ],
)
def test_other_orders(desk: MailBrowser, trips: list[int], tail: str, expected: list[str], heading: str) -> None:
    now = timezone.now()
    for days, name, role, sender, size in (
        (3, "a", "inbox", "z", 500), (2, "b", "archive", "a", 900), (1, "c", "sent", "m", 1),
    ):  # fmt: skip
        message = letter(desk.mail.address, subject=f"Sortie {name}", sender=f"{sender}@x.example", text="m " * size)
        with desk.session() as session:
            session.append(desk.id(role), message.as_bytes().replace(b"\n", b"\r\n"), (), now - timedelta(days=days))
    look(desk, "sortie")
    trips.clear()
    page = look(desk, "sortie", tail)
    assert trips == [2]
    assert subjects(page) == expected
    assert heading in unescape(page)
    assert page.count("row-weight") == (len(expected) if "taille" in tail else 0)
    assert f'href="{URL}?q=sortie&amp;tri=taille' in page
    [link] = re.findall(r'<a class="row-link" href="([^"]+)"', page)[1:2]
    opened = body(desk.get(unescape(link)))
    assert subjects(opened) == expected
    assert "Résultat 2 sur 3" in opened


@pytest.mark.parametrize(("checked", "named"), [(2, False), (3, True)])
def test_all_are_named_only_where_an_act_would_find_the_same(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch, checked: int, named: bool
) -> None:
    """A phrase is looked for in the first texts of the order; an act on all looks in the newest."""
    monkeypatch.setattr("vaguemestre.mailbox.imap.search.search_results.CHECKED", checked)
    for _number in range(3):
        desk.put(letter(desk.mail.address, text="Le conseil d'école de mardi"))
    own, now = labels.load_labels(desk.mail.account), timezone.now()
    with desk.session() as session:
        for order, expected in ((None, True), (SortOrder("size", descending=True), named)):
            asked = SearchQuery('"conseil d\'école"', order=order)
            found = results.search_results(
                session, MailboxAccess.own(desk.mail.account), asked, mine=frozenset(), now=now, current=None, own=own
            )
            assert (len(found.hits), bool(found.whole)) == (checked, expected)


def test_an_order_is_kept_when_the_search_is_narrowed(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Sortie"))
    page = unescape(look(desk, "sortie est:non-lu", "&tri=taille"))
    assert f'href="{URL}?q=sortie&tri=taille"' in page
    assert "Trier par" in page
    assert "Trier par" not in look(desk, "zorglub", "&tri=taille")


def test_results_go_on_while_one_scrolls_and_lead_back_to_their_list(desk: MailBrowser) -> None:
    for number in range(104):
        desk.put(letter(desk.mail.address, subject=f"Sortie N{number:03}."))
    top = look(desk, "sortie")
    assert 'hx-trigger="intersect' in top
    response = desk.get(f"{URL}?q=sortie&page=2", **FOLLOWING, **{
        "X-Suite": f"1 {URL}?q=sortie", "HX-Current-URL": f"https://testserver{URL}?q=sortie",
    })  # fmt: skip
    more = body(response)
    assert response["HX-Replace-Url"] == f"{URL}?q=sortie&suite=2"
    assert len(rows(more)) == 50
    assert "page=" not in "".join(re.findall(r'<a class="row-link" href="([^"]+)"', more))
    assert f'hx-get="{URL}?q=sortie&amp;page=3"' in more

    whole_list = look(desk, "sortie", "&suite=2")
    assert rows(whole_list) == [*rows(top), *rows(more)]
    assert f'hx-get="{URL}?q=sortie&amp;page=3"' in whole_list
    assert "1 à 100 sur 104" in whole_list

    last = unescape(re.findall(r'<a class="row-link" href="([^"]+)"', more)[-1])
    beside = body(desk.get(last, **HTMX, **{"HX-Target": "div#bureau", "X-Suite": f"2 {URL}?q=sortie"}))
    assert len(rows(beside)) == 100
    assert "Résultat 100 sur 104" in beside
    onwards = re.search(r'href="([^"]+)" aria-label="Message plus ancien"', beside)
    assert onwards
    assert onwards[1].endswith("?q=sortie&amp;suite=3")
    further = body(
        desk.get(unescape(onwards[1]), **HTMX, **{"HX-Target": "div#bureau", "X-Suite": f"2 {URL}?q=sortie"})
    )
    assert len(rows(further)) == 104
    assert "Résultat 101 sur 104" in further


def test_seen_again_the_results_cost_what_is_new(desk: MailBrowser, trips: list[int]) -> None:
    for _number in range(3):
        desk.put(letter(desk.mail.address, subject="Loin", text="Avant. " * 100 + "zorglub"))
    look(desk, "zorglub")
    trips.clear()
    look(desk, "zorglub")
    assert trips == [2]


def test_no_news_is_no_answer_and_rows_that_are_there_are_not_sent_again(desk: MailBrowser) -> None:
    one = desk.put(letter(desk.mail.address, subject="Sortie"))
    page = look(desk, "sortie")
    state = re.search(r'data-state="([0-9a-f]+)"', page)
    assert state
    shown = {"X-Etat": state[1]}
    assert desk.get(f"{URL}?q=sortie", **LIST_ALONE, **shown).status_code == 204
    link = re.search(r'<a class="row-link" href="([^"]+)"', page)
    assert link
    beside = body(desk.get(unescape(link[1]), **HTMX, **{"HX-Target": "div#bureau"}, **shown))
    assert "Sortie" in beside.split('id="lecture"')[1]
    desk.get(desk.url())
    with desk.session() as session:
        session.store(desk.id(), session.matching(desk.id()).uids, add=[FLAGGED])
    assert desk.flags(one) >= {FLAGGED, SEEN}
    again = desk.get(f"{URL}?q=sortie", **LIST_ALONE, **shown)
    assert again.status_code == 200
    assert "data-starred" in body(again)
    state = re.search(r'data-state="([0-9a-f]+)"', body(again))
    assert state
    shown = {"HX-Target": "div#bureau", "X-Etat": state[1], "X-Suite": f"1 {URL}?q=sortie"}
    beside = body(desk.get(unescape(link[1]), **HTMX, **shown))
    assert 'id="liste"' not in beside
    assert 'class="row"' not in beside
    assert f'data-row="{link[1]}"' in beside
    assert title(page) == "1 résultat"


def test_a_list_in_which_a_message_is_missing_says_so_and_asks_again(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moved this moment by another process: the server does not say yet where it lies."""
    desk.put(letter(desk.mail.address, subject="Sortie"))
    real, waits = search_results._rows, [True]

    def without_one(*asked: Any) -> tuple[list[Any], bool]:
        return real(*asked)[0], waits[0]

    monkeypatch.setattr(search_results, "_rows", without_one)
    page, address = look(desk, "sortie"), f"{URL}?q=sortie"
    assert "Un message vient d’être déplacé et n’est pas encore là." in page
    assert subjects(page) == ["Sortie"]
    again = re.compile(r'<i id="releve-[\d-]+" hx-get="([^"]+)"\s+hx-vals=\'({[^\']+})\'\s+hx-trigger="load delay:2s"')
    assert again.findall(page) == [(address, '{"encore":"1"}')]
    for times, asks in ((1, ["2"]), (4, ["5"]), (5, []), (99, []), (100, ["1"])):
        drawn = body(desk.get(f"{address}&encore={times}", **LIST_ALONE))
        assert re.findall(r'"encore":"(\d+)"', drawn) == asks
    waits[0] = False
    whole = body(desk.get(f"{address}&encore=1", **LIST_ALONE))
    assert not again.search(whole)
    assert "Un message vient d’être déplacé" not in whole
