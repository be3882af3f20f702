"""Another program changes what is open, or where it lies, while its list is in sight."""

from __future__ import annotations

import re

import pytest

from vaguemestre.mailbox.values import FLAGGED, FolderName, MailboxId, Uid
from vaguemestre.testing import imap_connection, letter
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body

pytestmark = pytest.mark.django_db(transaction=True)
LIVE = {**HTMX, "HX-Target": "section#liste", "X-Background-Refresh": "1"}


@pytest.fixture(params=["messages", "conversations"])
def mode(desk: MailBrowser, request: pytest.FixtureRequest) -> str:
    desk.post("/webmail/reglages/lecture/", {"liste": request.param})
    assert Preferences.objects.get(account=desk.mail.account).flat_list is (request.param == "messages")
    return str(request.param)


def refreshed(desk: MailBrowser, uid: int) -> str:
    return body(desk.get(f"{desk.url()}?ouvert={uid}", **LIVE))


def star(html: str) -> str:
    found = re.search(r'<button[^>]*id="suivre"[^>]*>', html)
    return found[0] if found else ""


@pytest.mark.usefixtures("mode")
def test_its_star_and_its_labels_are_those_of_now(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert 'aria-pressed="false"' in star(page)
    with desk.session() as session:
        session.store(desk.id(), [uid], add=[FLAGGED, "$label1"])
    html = refreshed(desk, uid)
    assert 'aria-pressed="true"' in star(html)
    assert "hx-swap-oob" in star(html)
    assert f'{desk.url(tail="suivi/retrait/")}"' in star(html)
    worn = html[html.index('id="portees"') : html.index('id="etiquettes-ici"')]
    assert "Important" in worn
    assert f'name="choix" value="{uid}"' in worn
    choice = re.search(r'data-counts="\$label1"[^>]*', html[html.index('id="etiquettes-ici"') :])
    assert choice
    assert 'aria-pressed="true"' in choice[0]
    assert "n’est plus ici" not in html


def test_the_list_drawn_again_beside_it_takes_no_second_heading_of_the_first_rank(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Sortie"))
    for url, opened in ((f"{desk.url()}?", uid), ("/webmail/recherche/?q=sortie", f"{desk.id()}-{uid}")):
        for query, rank in (("", "h1"), (f"&ouvert={opened}", "h2")):
            html = body(desk.get(f"{url}{query}", **LIVE))
            assert re.findall(r'<(h\d) [^>]*id="titre-liste"', html) == [rank]


@pytest.mark.usefixtures("mode")
def test_what_came_since_is_the_newer_one(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Un"))
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "1 sur 1" in page
    assert "plus-recent" not in page
    newer = desk.put(letter(desk.mail.address, subject="Deux"))
    html = refreshed(desk, uid)
    assert "2 sur 2" in html
    assert re.search(rf'id="plus-recent" href="{desk.url(tail=f"{newer}/")}"', html)


@pytest.mark.usefixtures("mode")
def test_that_it_is_gone_is_said_and_nothing_of_it_is_drawn_again(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    desk.get(desk.url(tail=f"{uid}/"))
    with desk.session() as session:
        session.move(desk.id(), [uid], desk.id("archive"))
    html = refreshed(desk, uid)
    assert "Ce message n’est plus là" in html
    assert star(html) == ""


def test_beside_the_results_of_a_search_as_well(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Sortie"))
    url = f"/webmail/recherche/?q=sortie&ouvert={desk.id()}-{uid}"
    with desk.session() as session:
        session.store(desk.id(), [uid], add=[FLAGGED])
    assert 'aria-pressed="true"' in star(body(desk.get(url, **LIVE)))
    with desk.session() as session:
        session.delete(desk.id(), [uid])
    assert "Ce message n’est plus là" in body(desk.get(url, **LIVE))


@pytest.mark.usefixtures("mode")
def test_in_an_order_of_its_own_the_list_says_nothing_of_neighbours(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=name)) for name in ("B", "A")]
    url = f"{desk.url()}?trier=objet&ouvert={uids[0]}"
    assert star(body(desk.get(url, **LIVE)))


def test_one_trip_more_and_none_when_nothing_is_new(desk: MailBrowser, trips: list[int]) -> None:
    uid = desk.put(letter(desk.mail.address))
    state = re.search(r'data-state="([^"]+)"', refreshed(desk, uid))
    assert state
    trips.clear()
    answer = desk.get(f"{desk.url()}?ouvert={uid}", **LIVE, **{"X-Etat": state[1]})
    assert answer.status_code == 204
    quiet = sum(trips)
    trips.clear()
    refreshed(desk, uid)
    assert sum(trips) <= quiet + 1


def test_an_open_folder_that_was_deleted_elsewhere_leads_to_the_inbox(desk: MailBrowser) -> None:
    with desk.session() as session:
        gone = session.create(FolderName("Sorties")).id
    program = imap_connection(desk.mail)
    program.delete("Sorties")
    program.logout()
    answer = desk.get(f"/webmail/dossiers/{gone}/", **LIVE)
    assert answer.status_code == 200
    assert (answer["HX-Retarget"], answer["HX-Push-Url"]) == ("#bureau", desk.url())
    html = body(answer)
    assert "Ce dossier n’est plus ici" in html
    assert "Sorties" not in html
    assert desk.get(f"/webmail/dossiers/{MailboxId('0' * 32)}/{Uid(1)}/", **LIVE).status_code == 404
    assert desk.get(f"/webmail/dossiers/{gone}/").status_code == 404
