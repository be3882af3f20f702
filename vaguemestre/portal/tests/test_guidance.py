"""How the mail is used: each place has its help, each article its words, and nothing in them leads nowhere."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from vaguemestre.academy.facts import academy
from vaguemestre.portal.guidance import article_places, articles
from vaguemestre.webmail.message_list import rows
from vaguemestre.webmail.screens.panes import list_pane
from vaguemestre.webmail.screens.settings_pages import entries

URL = "/bv/aide/"
WEBMAIL = Path(entries.__file__).parents[2] / "templates" / "webmail"
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def templates() -> str:
    """And the row of a list, which is no template."""
    return "\n".join([*(path.read_text("utf-8") for path in sorted(WEBMAIL.glob("**/*.html"))), rows.ROW])


def body(client: Client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


@pytest.mark.parametrize("language", articles.LANGUAGES)
def test_each_article_is_written_in_each_language(language: str) -> None:
    written = articles.read_articles(language)
    assert list(written) == list(articles.read_articles("fr"))
    for slug, one in written.items():
        assert re.fullmatch("[a-z-]+", slug)
        assert one.title
        assert len(one.synonyms.split(",")) >= 2, slug
        assert 1 <= len([line for block in one.blocks for line in block.lines]) <= 6, slug


def test_the_french_is_typeset() -> None:
    text = re.sub(r"`[^`]*`", "", (articles.TEXTS / "fr.md").read_text("utf-8"))
    assert not re.findall(r".{20}(?: [:;?!»]|« |'|[^\u202f\s][;?!](?=\s))", text)
    assert "“" not in text


def test_what_is_said_of_an_article_is_said_of_one_that_there_is() -> None:
    known = set(articles.read_articles("fr"))
    helped = {slug for slugs in article_places.PLACES.values() for slug in slugs}
    assert helped | article_places.SHOWS.keys() | article_places.LEADS_TO.keys() | article_places.TOPICS.keys() <= known
    assert known - helped - {"importer"} == set()
    assert next(iter(articles.read_articles("fr"))) in article_places.TOPICS


def test_each_place_has_three_to_six_articles() -> None:
    assert {place: len(slugs) for place, slugs in article_places.PLACES.items() if not 3 <= len(slugs) <= 6} == {}


def test_each_part_of_the_webmail_that_names_a_place_is_helped() -> None:
    named = set(re.findall(r'data-help="([a-z-]+)"', templates())) | {"recherche"}
    named |= {"liste", *list_pane.PLACES.values()}
    pages = {name for names in entries.GROUPS.values() for name in names}
    named |= {"home", *pages} - {"keyboard", "recovery"}  # which name other places
    assert named <= article_places.PLACES.keys()


def test_what_is_shown_is_in_the_webmail() -> None:
    html = templates()
    for slug, selector in article_places.SHOWS.items():
        for part in selector.split():
            assert _is_in(html, part), (slug, part)


def _is_in(html: str, part: str) -> bool:
    if attribute := re.fullmatch(r'\[([\w-]+)([$*]?)="([^"]+)"\]', part):
        name, how, value = attribute.groups()
        ends = '[^"]*"' if how == "*" else '"'
        begins = '[^"]*' if how else ""
        plain = rf'{name}="{begins}{re.escape(value)}{ends}'
        key_of_a_part = name == "data-key" and f'key="{value}"' in html
        ours = name == "data-field" and 'data-field="{{ field.name }}"' in html
        return bool(re.search(plain, html.replace('{% url "', "").replace("%}", ""))) or key_of_a_part or ours
    if part.startswith("#"):
        return f'id="{part[1:]}"' in html
    return bool(re.search(rf'class="[^"]*\b{re.escape(part[1:])}\b', html))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("PJ", {"joindre", "pieces-jointes"}),
        ("corbeille", {"supprimer", "disparu"}),
        ("spam", {"indesirables"}),
        ("absence", {"absence"}),
        ("vacances", {"absence"}),
        ("transfert", {"redirection", "repondre"}),
        ("etiquette couleur", {"etiquettes"}),
        ("MOT DE PASSE", {"mot-de-passe"}),
        ("quota", {"place"}),
        ("repondeur", {"absence"}),
        ("cci", {"destinataires"}),
        ("WeTransfer", {"par-lien"}),
        ("corbeille vidée", {"recuperer"}),
        ("relancer", {"sans-reponse"}),
        ("mailer-daemon", {"non-remis"}),
        ("pièce bloquée", {"pieces-retenues"}),
        ("lien suspect", {"liens-suspects"}),
        ("ménage", {"anciens"}),
        ("côte à côte", {"plusieurs-lettres"}),
        ("sauvegarde", {"emporter"}),
        ("dyslexie", {"affichage"}),
    ],
)
def test_people_find_it_by_their_own_words(typed: str, expected: set[str]) -> None:
    assert expected <= {one.slug for one in articles.search_articles(typed)}


def test_what_is_called_so_comes_first() -> None:
    assert articles.search_articles("signature")[0].slug == "signature"
    assert articles.search_articles("chercher")[0].slug == "chercher"
    assert articles.search_articles("") == articles.search_articles("xyzzy") == []


def test_it_is_read_without_an_account_and_without_a_query(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        index = body(client, URL)
        one = body(client, f"{URL}absence/")
    for slug, written in articles.read_articles("fr").items():
        assert f'href="{URL}{slug}/"' in index
        assert written.title in index
    assert "Réponse d’absence" in one
    assert f'href="{reverse("webmail:absence")}#champ-reponse"' in one
    assert f"testserver{URL}absence/" in one
    assert "data-show" not in one  # there is nothing to show on this page


def test_beside_a_page_it_speaks_of_the_place(client: Client, db: None) -> None:
    html = body(client, f"{URL}?lieu=corbeille", **PART)
    assert "<html" not in html
    assert re.findall(rf'href="{URL}([a-z-]+)/\?lieu=corbeille"', html) == list(article_places.PLACES["corbeille"])
    for office in [*(one.office for one in academy().departments), academy().rectorat]:
        assert office.phone in html
        assert office.hours in html
    article = body(client, f"{URL}supprimer/?lieu=corbeille", **PART)
    assert 'data-show="[data-key=&quot;#&quot;]"' in article
    assert f'href="{URL}?lieu=corbeille"' in article


def test_while_one_types_only_what_is_found_comes(client: Client, db: None) -> None:
    html = body(client, f"{URL}?lieu=liste&q=absence", **PART, **{"HX-Target": "div#aide-trouve"})
    assert html.lstrip().startswith('<div class="stack" id="aide-trouve">')
    assert f'href="{URL}absence/?lieu=liste"' in html
    nothing = body(client, f"{URL}?q=<b>xyzzy", **PART, **{"HX-Target": "div#aide-trouve"})
    assert "&lt;b&gt;xyzzy" in nothing
    assert URL not in nothing


def test_an_unknown_place_has_all_of_them_and_an_unknown_article_is_none(client: Client, db: None) -> None:
    assert f'href="{URL}absence/"' in body(client, f'{URL}?lieu="><script>')
    assert client.get(f"{URL}rien/").status_code == 404


def test_the_limit_is_the_academy_s_own(client: Client, db: None) -> None:
    assert f"{academy().mail.message_limit_mb} Mo" in body(client, f"{URL}joindre/")
