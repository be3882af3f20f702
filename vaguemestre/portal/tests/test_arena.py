"""ARENA: what one finds, what one may open, what one keeps within reach."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.testing import sign_in
from vaguemestre.portal import arena
from vaguemestre.sso.arena import delegations, tile_queries as sso_arena
from vaguemestre.sso.models import Application, Favourite, Opening
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, make_account, make_person, make_school

pytestmark = pytest.mark.django_db
PAGE = "/arena/"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def few() -> list[Application]:
    return [
        make_application("LSU", slug="lsu", domain="scolarite-2d", summary="Livret scolaire unique."),
        make_application("Chorus-DT", slug="chorus-dt", domain="finances", summary="Frais de déplacement."),
        make_application("ONDE", slug="onde", domain="scolarite-1d", seen_by={"category": "DIRECOLE"}),
    ]


def read(client: Client, query: str = "") -> str:
    response = client.get(f"{PAGE}{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_by_domain_in_the_authority_s_order_and_only_one_s_own(client: Client, cast: Cast, few: object) -> None:
    sign_in(client, cast.teacher)
    page = read(client)
    assert 'href="/arena/ouvrir/lsu/"' in page
    assert page.index('<h2 id="scolarite-2d">') < page.index('<h2 id="finances">')
    assert "/arena/ouvrir/onde/" not in page
    assert '<h2 id="scolarite-1d">' not in page  # nothing under it
    assert "les 2 applications ouvertes" in page


def test_an_unknown_domain_stands_under_the_last_heading(client: Client, cast: Cast) -> None:
    make_application("Perdue", domain="naguere")
    sign_in(client, cast.teacher)
    assert '<h2 id="assistance">' in read(client)


@pytest.mark.parametrize("typed", ["deplacement", "DÉPLAC", "chorus frais", "financière"])
def test_found_whatever_the_accents(client: Client, cast: Cast, few: object, typed: str) -> None:
    sign_in(client, cast.teacher)
    page = read(client, f"?q={typed}")
    assert "/arena/ouvrir/chorus-dt/" in page
    assert "/arena/ouvrir/lsu/" not in page


def test_nothing_found_says_so_and_leads_back(client: Client, cast: Cast, few: object) -> None:
    sign_in(client, cast.teacher)
    page = read(client, "?q=<script>")
    assert "ne répond à" in page
    assert escape("<script>") in page
    assert "Voir toutes mes applications" in page


def test_a_part_of_the_page_for_whoever_types(client: Client, cast: Cast, few: object) -> None:
    sign_in(client, cast.teacher)
    part = client.get(f"{PAGE}?q=lsu", headers=HTMX).content.decode()
    assert part.strip().startswith('<div id="applications"')


def test_nobody_s_application_says_whom_to_call(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    page = read(client)
    assert "Aucune application ne vous est ouverte" in page
    assert 'href="/bv/contacts/"' in page
    assert 'role="search"' not in page


def test_opening_leads_out_and_is_remembered_once(client: Client, cast: Cast, few: list[Application]) -> None:
    sign_in(client, cast.teacher)
    for _twice in range(2):
        answer = client.get("/arena/ouvrir/lsu/")
        assert (answer.status_code, answer.headers["Location"]) == (302, few[0].home)
    assert Opening.objects.count() == 1
    assert "Ouvertes récemment" in read(client)
    assert "Ouvertes récemment" not in read(client, "?q=lsu")


@pytest.mark.parametrize("slug", ["onde", "inconnue"])
def test_what_is_not_one_s_own_does_not_exist(client: Client, cast: Cast, few: object, slug: str) -> None:
    sign_in(client, cast.teacher)
    assert client.get(f"/arena/ouvrir/{slug}/").status_code == 404
    assert client.post(f"/arena/ouvrir/{slug}/favori/").status_code == 404
    assert client.get(f"/arena/exemple/{slug}/").status_code == 404
    assert not Favourite.objects.exists()


def test_a_closed_one_is_nowhere(client: Client, cast: Cast, few: object) -> None:
    Application.objects.filter(slug="lsu").update(active=False)
    sign_in(client, cast.teacher)
    assert "/arena/ouvrir/lsu/" not in read(client)
    assert client.get("/arena/ouvrir/lsu/").status_code == 404


def test_under_maintenance_there_is_no_link_but_a_reason_and_an_hour(client: Client, cast: Cast, few: object) -> None:
    until = timezone.now() + timedelta(days=2)
    Application.objects.filter(slug="lsu").update(shut_reason="Nouvelle base.", shut_until=until)
    sign_in(client, cast.teacher)
    page = read(client)
    assert 'href="/arena/ouvrir/lsu/"' not in page
    assert "Nouvelle base." in page
    assert "En maintenance, retour prévu le" in page
    answer = client.get("/arena/ouvrir/lsu/")
    assert answer.status_code == 503
    assert "Nouvelle base." in answer.content.decode()
    assert not Opening.objects.exists()


def test_a_return_that_is_past_opens_it(client: Client, cast: Cast, few: object) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Application.objects.filter(slug="lsu").update(shut_reason="Nouvelle base.", shut_until=past)
    sign_in(client, cast.teacher)
    assert 'href="/arena/ouvrir/lsu/"' in read(client)


@pytest.mark.parametrize("strong", [False, True])
def test_the_key_is_said_before_and_asked_at_the_door(client: Client, cast: Cast, few: object, strong: bool) -> None:
    Application.objects.filter(slug="lsu").update(needs_key=True)
    sign_in(client, cast.teacher, strong=strong)
    assert ("Clé OTP ou second facteur demandé" in read(client)) is not strong
    assert client.get("/arena/ouvrir/lsu/").status_code == (302 if strong else 403)
    assert Opening.objects.exists() is strong


def test_a_star_puts_it_first_and_taken_away_it_goes(client: Client, cast: Cast, few: object) -> None:
    sign_in(client, cast.teacher)
    answer = client.post("/arena/ouvrir/chorus-dt/favori/", {"q": "frais"})
    assert answer.headers["Location"] == "/arena/?q=frais#a-chorus-dt"
    client.post("/arena/ouvrir/chorus-dt/favori/")
    assert Favourite.objects.count() == 1
    page = read(client)
    assert page.index('<h2 id="favoris">') < page.index('<h2 id="scolarite-2d">')
    assert 'id="f-chorus-dt"' in page
    assert '<h2 id="favoris">' not in read(client, "?q=frais")
    client.post("/arena/ouvrir/chorus-dt/favori/retrait/")
    assert '<h2 id="favoris">' not in read(client)


def test_favourites_have_an_end(cast: Cast) -> None:
    for one in [make_application(f"Appli {number}") for number in range(sso_arena.MOST_FAVOURITES + 2)]:
        sso_arena.add_favourite(cast.teacher, one)
    assert Favourite.objects.count() == sso_arena.MOST_FAVOURITES


def test_delegated_by_whom_until_when(client: Client, cast: Cast) -> None:
    siecle = make_application("SIECLE", slug="siecle", seen_by={"category": "CHEF"}, delegable=True)
    now = timezone.now()
    delegations.delegate(cast.head, cast.teacher, siecle, make_school(), ends=now + timedelta(days=3), now=now)
    sign_in(client, cast.teacher)
    page = read(client)
    assert "Délégué par Nadia Benhamou jusqu’au" in page
    assert client.get("/arena/ouvrir/siecle/").status_code == 302


def test_a_delegate_whose_right_ended_a_second_ago_is_refused(client: Client, cast: Cast) -> None:
    siecle = make_application("SIECLE", slug="siecle", seen_by={"category": "CHEF"}, delegable=True)
    now = timezone.now()
    made = delegations.delegate(
        cast.head, cast.teacher, siecle, make_school(), ends=now + timedelta(hours=1), now=now - timedelta(hours=1)
    )
    sign_in(client, cast.teacher)
    assert client.get("/arena/ouvrir/siecle/").status_code == 302
    made.ends = timezone.now() - timedelta(seconds=1)
    made.save()
    assert client.get("/arena/ouvrir/siecle/").status_code == 404
    assert "SIECLE" not in read(client)


def test_the_same_number_of_queries_for_two_hundred(
    client: Client, cast: Cast, few: object, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, post and school, applications and their rows, what is lent, stars, openings: whatever there is."""
    sign_in(client, cast.teacher)
    with django_assert_num_queries(8):
        client.get(PAGE)
    for number in range(200):
        one = make_application(f"Appli {number}", domain=("pilotage", "outils")[number % 2], needs_key=number % 3 == 0)
        Favourite.objects.create(account=cast.teacher, application=one)
        Opening.objects.create(account=cast.teacher, application=one, at=timezone.now())
    with django_assert_num_queries(8):
        assert client.get(PAGE).content.count(b'class="app') > 200


def test_lent_ones_cost_no_more_when_there_are_several(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    second = make_account(make_person("Omar", "Autre", civility="M.", category="CHEF", function="DIR"))
    for number, head in enumerate((cast.head, second, cast.head)):
        one = make_application(f"Prêtée {number}", seen_by={"category": "CHEF"}, delegable=True)
        delegations.delegate(head, cast.teacher, one, make_school(), ends=now + timedelta(days=1), now=now)
    sign_in(client, cast.teacher)
    with django_assert_num_queries(11):  # and those that hold, their rows, the givers’ posts
        assert client.get(PAGE).content.decode().count("Délégué par") == 3


def test_the_sentence_of_the_home_page(cast: Cast, few: list[Application]) -> None:
    now = timezone.now()
    assert arena.arena_sentence(sso_arena.arena_tiles(cast.teacher, now)) == "2 applications."
    Application.objects.filter(slug="lsu").update(shut_reason="Nouvelle base.")
    assert arena.arena_sentence(sso_arena.arena_tiles(cast.teacher, now)) == "2 applications. 1 est en maintenance."
    assert arena.arena_sentence([]) == "Les applications de votre fonction."
