from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account, Notice, SignIn
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.testing import sign_in
from vaguemestre.portal import arena
from vaguemestre.sso.arena.tile_queries import add_favourite
from vaguemestre.sso.models import Application
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, make_account, make_person


def test_it_greets_and_opens_what_exists(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    page = client.get("/portail/").content.decode()
    assert f"Bonjour, {cast.teacher.person.full_name}" in page
    assert cast.teacher.address in page
    assert 'href="/webmail/"' in page
    assert 'href="/intranet/outils/"' in page
    assert "Accès rapides" not in page  # nobody has made a list: the doors say the same
    assert 'action="/session/' in page  # sign-out


def test_a_stranger_signs_in_and_comes_back(client: Client, db: None) -> None:
    response = client.get("/portail/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/session/")
    assert response.headers["Location"].endswith("next=%2Fportail%2F")


def test_until_the_first_sign_in_is_done_nothing_else_opens(client: Client, db: None) -> None:
    newcomer = make_account(make_person(), password=None)
    sign_in(client, newcomer)
    assert client.get("/portail/").status_code == 302


@pytest.mark.parametrize("result", [SignIn.Result.GOOD, SignIn.Result.WRONG])
def test_the_last_visit_is_shown_so_that_a_stranger_s_is_noticed(client: Client, cast: Cast, result: str) -> None:
    SignIn.objects.create(
        at=timezone.now() - timedelta(days=2), account=cast.teacher, channel=SignIn.Channel.WEB, result=result
    )
    sign_in(client, cast.teacher)
    page = client.get("/portail/").content.decode()
    assert ("Dernière connexion " in page) is (result == SignIn.Result.GOOD)


def test_the_office_is_that_of_the_person_s_department(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    assert "DSDEN de la Somme" in client.get("/portail/").content.decode()


def test_few_queries(client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    sign_in(client, cast.teacher)
    # Session, last visit, post and school, notices; six of the applications and what is lent; quick access.
    with django_assert_max_num_queries(12):
        client.get("/portail/")


def test_unread_notices_are_said_calmly_and_lead_to_the_account(client: Client, cast: Cast) -> None:
    account = cast.teacher
    sign_in(client, account)
    assert "Voir les avis" not in client.get("/portail/").content.decode()
    notices.tell_owner(account, Notice.Kind.PASSWORD, now=timezone.now(), change="changed")
    page = client.get("/portail/").content.decode()
    assert "Votre mot de passe a été changé sur la page Mon compte." in page
    assert 'href="/mon-compte/#avis"' in page


def test_favourites_open_from_here_and_what_is_shut_says_so(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    assert "t-favoris" not in client.get("/portail/").content.decode()
    for slug in ("lsu", "onde", "gaia"):
        make_application(slug.upper(), slug=slug)
    for slug in ("lsu", "onde"):
        client.post(f"/arena/ouvrir/{slug}/favori/")
    Application.objects.filter(slug="onde").update(shut_reason="Nouvelle base.")
    page = client.get("/portail/").content.decode()
    assert 'href="/arena/ouvrir/lsu/">LSU</a>' in page
    assert "/arena/ouvrir/onde/" not in page
    assert "ONDE\u00a0: en maintenance" in page
    assert "GAIA" not in page


def test_many_favourites_lead_to_the_rest(client: Client, cast: Cast) -> None:
    for number in range(arena.NAMED + 2):
        add_favourite(cast.teacher, make_application(f"Application {number}", slug=f"une-{number}"))
    sign_in(client, cast.teacher)
    page = client.get("/portail/").content.decode()
    assert page.count("/arena/ouvrir/une-") == arena.NAMED
    assert 'href="/arena/#favoris">2 autres</a>' in page


def test_a_newcomer_who_left_half_way_is_shown_the_way_back(client: Client, cast: Cast) -> None:
    account = cast.teacher
    Account.objects.filter(pk=account.pk).update(welcomed_at=None)
    sign_in(client, account)
    assert "Il reste deux étapes de votre première connexion." in client.get("/portail/").content.decode()
