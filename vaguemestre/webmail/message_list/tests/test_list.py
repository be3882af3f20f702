"""The list of a folder: what it costs, what it says, who may see it."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from vaguemestre.mailbox.sandbox.cleaner import reading_text
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName
from vaguemestre.testing import letter
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body


def test_the_way_in_is_the_inbox(desk: MailBrowser, trips: list[int]) -> None:
    desk.put(letter(desk.mail.address, subject="Rentrée"))
    url = desk.url()
    desk.get(url)
    trips.clear()
    html = body(desk.get("/webmail/"))
    assert trips == [1]
    assert "Rentrée" in html
    assert f'action="{url}' in html or f'href="{url}' in html


def test_a_preheader_is_among_the_first_words_and_never_in_the_opened_text(desk: MailBrowser, cleaner: Path) -> None:
    """Newsletters hide it to be shown there; Dovecot reads no styles (docs/decisions/message-bodies.md)."""
    message = letter("x", subject="Lettre")
    message.set_content('<div style="display:none">Avant-goût.</div><p>Bonjour à tous.</p>', subtype="html")
    desk.put(message)
    page = body(desk.get(desk.url()))
    assert "Avant-goût. Bonjour à tous." in page
    assert "Avant-goût" not in reading_text(message.get_content(), socket=cleaner)


def test_anonymous_is_sent_to_sign_in_and_back(desk: MailBrowser) -> None:
    response = Client().get(desk.url())
    assert response.status_code == 302
    assert response["Location"].startswith("/session/")
    assert "next=%2Fwebmail" in response["Location"]


@pytest.mark.parametrize("address", ["/webmail/dossiers/x/", f"/webmail/dossiers/{'0' * 32}/", "/webmail/dossiers/../"])
def test_a_folder_that_is_not_there_is_a_404(desk: MailBrowser, address: str) -> None:
    assert desk.get(address).status_code == 404


def test_the_folder_of_somebody_else_is_not_there(desk: MailBrowser, neighbour: MailBrowser) -> None:
    assert desk.get(neighbour.url()).status_code == 404


def test_posting_to_a_list_is_refused(desk: MailBrowser) -> None:
    assert desk.post(desk.url()).status_code == 405


def test_one_round_trip_and_five_queries(
    desk: MailBrowser, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        desk.put(letter(desk.mail.address, subject=f"Lettre {number}"))
    url = desk.url()
    desk.get(url)
    trips.clear()
    # The session with its account and person, the addresses that are theirs, what waits to leave, what works by itself,
    # their labels.
    with django_assert_num_queries(5):
        assert desk.get(url).status_code == 200
    assert trips == [1]


def test_rows_say_who_what_and_when(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, sender="Élise Noël <e@librairie.example>", subject="Forêt & <b>École</b>"))
    html = body(desk.get(desk.url()))
    assert "Élise Noël" in html
    assert "Forêt &amp; &lt;b&gt;École&lt;/b&gt;" in html
    assert "Aujourd’hui" in html
    assert "data-unread" in html
    assert 'class="avatar avatar-outside"' in html


def test_an_empty_folder_says_so_and_where_to_go(desk: MailBrowser) -> None:
    nothing_yet = body(desk.get(desk.url()))
    assert "Aucun message pour l’instant" in nothing_yet
    assert "Importer du courrier" in nothing_yet
    assert "Voir les archives" not in nothing_yet
    assert "La corbeille est vide" in body(desk.get(desk.url("trash")))


def test_an_inbox_that_was_emptied_leads_to_the_archives_that_hold_something(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address), "trash")
    html = body(desk.get(desk.url()))
    assert "Tout est lu, tout est rangé." in html
    assert "Voir les archives" not in html
    desk.put(letter(desk.mail.address), "archive")
    assert "Voir les archives" in body(desk.get(desk.url()))


def test_special_folders_have_their_french_names_and_counts(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address))
    html = body(desk.get(desk.url("sent")))
    for name in ("Réception", "Brouillons", "Envoyés", "Archives", "Indésirables", "Corbeille"):
        assert f">{name}</span>" in html
    assert re.search(r"count-new\">1<span", html)


def test_older_messages_are_one_link_away(desk: MailBrowser) -> None:
    for number in range(53):
        desk.put(letter(desk.mail.address, subject=f"N{number:02}."))
    first = body(desk.get(desk.url()))
    assert first.count('<li class="row"') == 50
    assert "1 à 50 sur 53" in first
    older = re.search(r'href="([^"]+\?avant=\d+-\d+)">Plus anciens', first)
    assert older
    second = body(desk.get(older[1]))
    assert second.count('<li class="row"') == 3
    assert "N00." in second
    assert re.search(rf'href="{re.escape(desk.url())}">', second)


WRONG = ["0", "-1", "x", "99999999999", "²", "1-", "1-x", "1-²", "1-99999999999", "0-5"]


@pytest.mark.parametrize("query", ["?voir=tout", *(f"?avant={word}" for word in WRONG)])
def test_a_wrong_place_in_the_list_is_its_top(desk: MailBrowser, query: str) -> None:
    desk.put(letter(desk.mail.address, subject="Seule"))
    assert "Seule" in body(desk.get(desk.url() + query))


def test_filters_keep_what_they_name(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Lue"), flags=(SEEN,))
    desk.put(letter(desk.mail.address, subject="Fraîche"))
    desk.put(letter(desk.mail.address, subject="Retenue"), flags=(SEEN, FLAGGED))
    unread, starred = body(desk.get(desk.url() + "?voir=non-lus")), body(desk.get(desk.url() + "?voir=suivis"))
    assert "Fraîche" in unread
    assert "Lue" not in unread
    assert "Retenue" in starred
    assert "Fraîche" not in starred


@pytest.mark.parametrize(
    "name", ["Élèves & parents", 'Dit "le petit"', "🎓 Examens", "6e <b>", "a;b'c+20", "Projet/Année"]
)
def test_folders_with_odd_names_open_and_are_written_as_they_are(desk: MailBrowser, name: str) -> None:
    with desk.session() as session:
        folder = session.create(FolderName(name))
    response = desk.get(f"/webmail/dossiers/{folder.id}/")
    assert response.status_code == 200
    label = name.rsplit("/", 1)[-1].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    label = label.replace('"', "&quot;").replace("'", "&#x27;")
    assert f'id="titre-liste" tabindex="-1" data-plane-heading="list">{label}</h1>' in body(response)


def test_a_folder_made_by_a_program_that_does_not_subscribe_is_shown(desk: MailBrowser) -> None:
    with desk.session() as session:
        made = session.create(FolderName("Tri des élèves"))
        assert made.id is not None
        session.subscribe(made.id, subscribed=False)
    assert f"/webmail/dossiers/{made.id}/" in body(desk.get(desk.url()))


def test_a_message_without_any_header_has_its_row(desk: MailBrowser) -> None:
    desk.put(b"\r\nJuste du texte.\r\n")
    html = body(desk.get(desk.url()))
    assert "(sans objet)" in html
    assert "(expéditeur inconnu)" in html


def test_the_page_that_is_there_gets_the_planes_only(desk: MailBrowser) -> None:
    html = body(desk.get(desk.url(), **HTMX))
    assert "<html" not in html
    assert 'id="bureau"' in html
    assert "<title>" in html


def test_new_mail_refreshes_list_and_counts_without_keeping_the_session(desk: MailBrowser) -> None:
    url = desk.url()
    html = body(desk.get(url, **HTMX, **{"HX-Target": "section#liste", "X-Background-Refresh": "1"}))
    assert 'id="liste"' in html
    assert 'id="boites"' in html
    assert 'id="bureau"' not in html
    assert 'id="flux"' in html


def test_the_policy_allows_no_inline_script_or_style(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address))
    response = desk.get(desk.url())
    assert "unsafe" not in response["Content-Security-Policy"]
    html = body(response)
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*src=)", html)
    assert not re.search(r"\son[a-z]+=", html)


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Sortie : qui vient ?", "Sortie\u00a0: qui vient\u202f?"),
        ("« Oui » ; non !", "« Oui\u00a0»\u202f; non\u202f!"),
        ("Re: essai?", "Re: essai?"),
    ],
)
def test_signs_stay_with_their_word_as_french_wants(subject: str, shown: str) -> None:
    assert subject_text(subject) == shown
