"""Letters at hand: reduced, or in a tab of their own, each is a draft kept on the server."""

from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.tests.conftest import HTMX, Desk
from vaguemestre.webmail.tests.test_list import body


def press(desk: Desk, key: str, tail: str, **fields: object) -> object:
    return desk.post(f"/webmail/ecrire/{key}/{tail}", {"a": "", "fenetre": "w1", "texte": "Mots", **fields}, **HTMX)


def test_reduced_it_is_kept_and_stays_at_hand(desk: Desk) -> None:
    key = new_key()
    html = body(press(desk, key, "fermeture/", reduire="1"))  # type: ignore[arg-type]
    assert f'data-letter="{key}"' in html
    assert "data-over" not in html
    assert 'class="toast"' not in html  # its bar says it
    assert len(desk.uids("drafts")) == 1


def test_reduced_before_a_word_it_is_kept_as_well(desk: Desk) -> None:
    begun = body(desk.get("/webmail/ecrire/", **HTMX)).split('name="debut" value="')[1].split('"')[0]
    key = new_key()
    press(desk, key, "fermeture/", reduire="1", debut=begun)
    assert Outgoing.objects.filter(key=key).exists()


def test_closed_it_is_over_for_the_page(desk: Desk) -> None:
    assert "data-over" in body(press(desk, new_key(), "fermeture/"))  # type: ignore[arg-type]


def test_in_its_own_tab_over_the_whole_page(desk: Desk) -> None:
    key = new_key()
    response = desk.write(key, "onglet/", texte="Mots")
    assert response.status_code == 302
    assert response["Location"] == f"/webmail/ecrire/{key}/?plein=1"
    page = body(desk.get(response["Location"]))
    assert "Mots" in page
    assert 'name="plein" value="1" aria-label="Plein écran" checked' in page
    assert len(desk.uids("drafts")) == 1


def test_its_own_tab_writes_over_nothing(desk: Desk, neighbour: Desk) -> None:
    key = new_key()
    desk.write(key, "", texte="D'abord")
    desk.write(key, "", texte="Ailleurs", fenetre="w2", revision="1")
    response = desk.write(key, "onglet/", texte="Ici", revision="1")
    assert response.status_code == 422
    assert "Ici" in body(response)
    assert neighbour.write(key, "onglet/").status_code == 404


def test_a_bar_of_what_has_left_says_so(desk: Desk, neighbour: Desk) -> None:
    key = new_key()
    desk.write(key, a=neighbour.mail.address)
    html = body(desk.get(f"/webmail/ecrire/{key}/", **HTMX))
    assert "Ce message est déjà parti" in html
    assert "data-over" in html
    assert 'id="bureau"' not in html


def test_a_page_costs_nothing_more(desk: Desk, trips: list[int]) -> None:
    """Which letters are open is remembered by the tab."""
    desk.get("/webmail/")
    before = sum(trips)
    desk.write(new_key(), "fermeture/", reduire="1")
    trips.clear()
    desk.get("/webmail/")
    assert sum(trips) <= before
