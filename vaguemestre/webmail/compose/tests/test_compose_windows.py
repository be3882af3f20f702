"""Letters at hand: side by side, folded, or in a tab of their own, each is a draft kept on the server."""

import re
from collections import Counter

import pytest

from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body


def press(desk: MailBrowser, key: str, tail: str, **fields: object) -> object:
    return desk.post(f"/webmail/ecrire/{key}/{tail}", {"a": "", "fenetre": "w1", "texte": "Mots", **fields}, **HTMX)


def saved(desk: MailBrowser, key: str, *, in_front: str | None, at: str) -> str | None:
    """Where the page is, once this letter has saved itself."""
    said = {} if in_front is None else {"X-Devant": in_front}
    where = {"HX-Current-URL": f"https://testserver{at}", "HX-Target": f"p#etat-{key}"}
    fields: dict[str, object] = {"a": "", "fenetre": "w1", "texte": "Mots", "pause": "1", "retour": desk.url()}
    return desk.post(f"/webmail/ecrire/{key}/", fields, **HTMX, **where, **said).headers.get("HX-Replace-Url")


def test_a_letter_stands_beside_those_that_are_open(desk: MailBrowser) -> None:
    """Of what is in one twice, nothing has one name: each is spoken to, and labelled, by itself."""
    answers = [desk.get("/webmail/ecrire/", **HTMX, **{"HX-Target": "div#ecrire"}) for _ in range(2)]
    assert {(one["HX-Retarget"], one["HX-Reswap"]) for one in answers} == {("#ecrire", "beforeend")}
    names = Counter(re.findall(r' id="([^"]*)"', "".join(map(body, answers))))
    assert len(names) > 20
    assert set(names.values()) == {1}


def test_what_a_letter_asks_for_takes_its_own_place(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="D'abord")
    desk.write(key, "", texte="Ailleurs", fenetre="w2", revision="1")
    saving, pressing = {"HX-Target": f"p#etat-{key}"}, {"HX-Target": f"section#feuille-{key}"}
    here: dict[str, object] = {"a": "", "fenetre": "w1", "texte": "Ici", "revision": "1", "retour": desk.url()}
    for tail, target in (("", saving), ("fermeture/", pressing)):
        answer = desk.post(f"/webmail/ecrire/{key}/{tail}", here, **HTMX, **target)
        assert answer.status_code == 422
        assert (answer["HX-Retarget"], answer["HX-Reswap"]) == (f"#feuille-{key}", "outerHTML")
    closed = desk.post(f"/webmail/ecrire/{key}/fermeture/", {**here, "garder": "1"}, **HTMX, **pressing)
    assert (closed["HX-Retarget"], closed["HX-Reswap"]) == (f"#feuille-{key}", "outerHTML")


@pytest.mark.parametrize("in_front", [None, "it", "another", ""])
def test_the_address_is_that_of_the_letter_in_front(desk: MailBrowser, in_front: str | None) -> None:
    key, other = new_key(), new_key()
    said = {"it": key, "another": other}.get(in_front or "", in_front)
    expected = {None: f"/webmail/ecrire/{key}/", "it": f"/webmail/ecrire/{key}/", "another": None, "": desk.url()}
    assert saved(desk, key, in_front=said, at="/webmail/ecrire/") == expected[in_front]
    assert saved(desk, key, in_front=said, at=desk.url()) is None


def test_without_a_script_reduced_before_a_word_it_is_kept(desk: MailBrowser) -> None:
    begun = body(desk.get("/webmail/ecrire/", **HTMX)).split('name="debut" value="')[1].split('"')[0]
    key = new_key()
    press(desk, key, "fermeture/", reduire="1", debut=begun)
    assert Outgoing.objects.filter(key=key).exists()


def test_closed_it_is_over_for_the_page(desk: MailBrowser) -> None:
    assert "data-over" in body(press(desk, new_key(), "fermeture/"))  # type: ignore[arg-type]


def test_in_its_own_tab_over_the_whole_page(desk: MailBrowser) -> None:
    key = new_key()
    response = desk.write(key, "onglet/", texte="Mots")
    assert response.status_code == 302
    assert response["Location"] == f"/webmail/ecrire/{key}/?plein=1"
    page = body(desk.get(response["Location"]))
    assert "Mots" in page
    assert 'data-looks="plein" open' in page
    assert len(desk.uids("drafts")) == 1


def test_its_own_tab_writes_over_nothing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", texte="D'abord")
    desk.write(key, "", texte="Ailleurs", fenetre="w2", revision="1")
    response = desk.write(key, "onglet/", texte="Ici", revision="1")
    assert response.status_code == 422
    assert "Ici" in body(response)
    assert neighbour.write(key, "onglet/").status_code == 404


def test_a_bar_of_what_has_left_says_so(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, a=neighbour.mail.address)
    html = body(desk.get(f"/webmail/ecrire/{key}/", **HTMX))
    assert "Ce message est déjà parti" in html
    assert "data-over" in html
    assert 'id="bureau"' not in html


def test_a_page_costs_nothing_more(desk: MailBrowser, trips: list[int]) -> None:
    """Which letters are open is remembered by the tab."""
    desk.get("/webmail/")
    before = sum(trips)
    desk.write(new_key(), "fermeture/", reduire="1")
    trips.clear()
    desk.get("/webmail/")
    assert sum(trips) <= before
