"""One box over all the settings: by their words, accents aside, to the field itself."""

import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from vaguemestre.webmail.settings_pages.search_index import FIELDS
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body

S = "/webmail/reglages/"


def found(desk: MailBrowser, typed: str) -> list[tuple[str, str]]:
    html = body(desk.get(f"{S}?q={typed}"))
    lines = re.findall(r'<a class="settings-line" href="([^"]*)">.*?<b>(.*?)</b>', html[html.index('id="trouves"') :])
    return [(unescape(label), address) for address, label in lines]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("densite", ("Densité de la liste", f"{S}affichage/#densite")),
        ("DENSITÉ liste", ("Densité de la liste", f"{S}affichage/#densite")),
        ("sombre", ("Couleurs", f"{S}affichage/#couleurs")),
        ("couleur", ("Couleurs", f"{S}affichage/#couleurs")),
        ("signat", ("Signature", f"{S}signature/")),
        ("logo", ("Votre signature", f"{S}signature/#champ-signature")),
        ("repondeur", ("Réponse d’absence", f"{S}absence/")),
        ("mot de passe", ("Mon compte", "/mon-compte/")),
        ("annuler envoi", ("Temps pour rappeler un message", f"{S}envoi/#secondes")),
    ],
)
def test_words_lead_to_the_field(desk: MailBrowser, typed: str, first: tuple[str, str]) -> None:
    assert first in found(desk, typed)[:2]


def test_each_field_stands_on_its_page(desk: MailBrowser) -> None:
    pages: dict[str, str] = {}
    addresses = dict(re.findall(r'href="(/webmail/reglages/[^"]+)"\s+title="([^"]*)"', body(desk.get(S))))
    for place, anchor, label, _more in FIELDS:
        [address] = {
            one.partition("#")[0] for name, one in found(desk, str(label)) if name == str(label) and "#" in one
        }
        html = pages.setdefault(place, body(desk.get(address)))
        assert html.count(f'id="{anchor}"') == 1, (place, anchor)  # folded or not: the browser unfolds what it leads to
        assert address in addresses


def test_nothing_found_says_so_and_shows_all_of_them(desk: MailBrowser) -> None:
    html = body(desk.get(f"{S}?q=<b>xyzzy"))
    assert "Aucun réglage ne répond" in html
    assert "&lt;b&gt;xyzzy" in html
    assert len(found(desk, "xyzzy")) == len(found(desk, "")) > 12


def test_while_one_types_only_the_answer_comes(
    desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(S)
    html = body(desk.get(f"{S}?q=couleurs", **HTMX))
    assert "<html" not in html
    assert html.count('id="trouves"') == 1
    with django_assert_num_queries(2):  # the session with its account, what is in force
        desk.get(f"{S}?q=couleurs", **HTMX)


def test_a_newcomer_finds_all_by_groups_without_searching(desk: MailBrowser) -> None:
    html = body(desk.get(S))
    groups = re.findall(r'<h2 id="groupe-\w+">(.*?)</h2>', html)
    assert groups == ["Ce que je dis", "Ce que je reçois", "Ce que je garde", "Mon écran", "Mon accès"]
    for address in re.findall(r'class="settings-line" href="(/webmail/[^"]*)"', html):
        assert desk.get(address).status_code == 200
    folded = html[html.index('<details class="advanced" id="avances">') :]
    assert "Publipostages" in folded
    assert "Signature" not in folded
    assert Client().get(S).status_code == 302
    assert len(found(desk, "é" * 5000)) > 12
