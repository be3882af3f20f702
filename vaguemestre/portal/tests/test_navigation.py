"""One navigation: the same first row on every page, the rooms of one's role after it, and what waits for one's word."""

import re
from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account, OtpKey, OtpRequest
from vaguemestre.accounts.otp import requests
from vaguemestre.accounts.testing import sign_in
from vaguemestre.sso.models import Delegation
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, make_account, make_person, make_school
from vaguemestre.web import navigation

pytestmark = pytest.mark.django_db
EVERYBODY = ["Accueil", "Courrier", "ARENA", "I-Prof", "Annuaire"]


def rooms(client: Client, url: str) -> list[str]:
    row = client.get(url).content.decode().split('<nav class="rooms"')[1].split("</nav>")[0]
    return re.findall(r"<a [^>]*>([^<]+)</a>", row)


def asked(account: Account) -> HttpRequest:
    request = RequestFactory().get("/portail/")
    request.account = account  # type: ignore[attr-defined]  # as the middleware does
    return request


def test_the_first_row_is_the_same_on_every_page(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    for url in ("/portail/", "/intranet/outils/", "/arena/", "/annuaire/", "/mon-compte/", "/plan/", "/etat/"):
        assert rooms(client, url) == EVERYBODY, url


def test_a_role_adds_its_rooms_and_is_said(client: Client, cast: Cast) -> None:
    sign_in(client, cast.help_desk, strong=True)
    for url in ("/portail/", "/assistance/", "/arena/"):
        assert rooms(client, url) == [*EVERYBODY, "Assistance"], url
    page = client.get("/assistance/").content.decode()
    assert re.search(r'<a class="whoami" href="/mon-compte/">\s*<strong>[^<]+</strong> <span>Assistance, ', page)
    admin = make_person(
        "Anne", "Rectorat", category="ADMD", function="ADMIN", school=make_school("0809001Z", kind="rectorat")
    )
    sign_in(client, make_account(admin), strong=True)
    assert rooms(client, "/portail/maintenance/") == [*EVERYBODY, "Assistance", "Exploitation"]


def test_the_second_row_says_the_room_and_the_page(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    row = client.get("/intranet/outils/").content.decode().split('<nav class="room-pages"')[1].split("</nav>")[0]
    assert 'aria-label="Accueil\u00a0: pages"' in row
    assert 'href="/intranet/outils/" aria-current="page"' in row
    assert "À décider" not in row
    sign_in(client, cast.head)
    assert "À décider" in client.get("/portail/").content.decode()


def test_without_a_role_the_rooms_cost_nothing(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    request = asked(Account.objects.select_related("person").get(pk=cast.teacher.pk))
    with django_assert_num_queries(0):
        navigation.rooms_of(request)
    agent = asked(Account.objects.select_related("person").get(pk=cast.help_desk.pk))
    with django_assert_num_queries(1):  # the posts, with their places
        navigation.rooms_of(agent)


def test_whoever_has_a_role_begins_at_their_work(cast: Cast) -> None:
    assert navigation.first_room(asked(cast.help_desk), two_factors=True) == "/assistance/"
    assert navigation.first_room(asked(cast.help_desk), two_factors=False) == ""
    assert navigation.first_room(asked(cast.teacher), two_factors=True) == ""


def test_a_key_that_waits_for_a_head_is_on_the_head_s_home_page_alone(client: Client, cast: Cast) -> None:
    now = timezone.now()
    requests.ask_for_key(
        cast.teacher, carrier=OtpKey.Carrier.FOB, motive=next(iter(OtpRequest.Motive)), reason="GAIA", now=now,
        today=timezone.localdate(now),
    )  # fmt: skip
    sign_in(client, cast.head)
    waits = "1 clé OTP attend votre accord."
    heads = requests.heads_of(cast.teacher, today=timezone.localdate(now))
    assert (waits in client.get("/portail/").content.decode()) is (cast.head in heads)
    sign_in(client, cast.teacher)
    assert waits not in client.get("/portail/").content.decode()


def test_what_a_head_has_lent_is_said_in_its_last_week(client: Client, cast: Cast) -> None:
    now, place = timezone.now(), cast.head.person.postings.get(rank=1).school
    for name, days in (("SIECLE", 3), ("GAIA", 60)):
        Delegation.objects.create(
            application=make_application(name, slug=name.lower()), uai=place.uai, giver=cast.head,
            receiver=cast.teacher, starts=now, ends=now + timedelta(days=days),
        )  # fmt: skip
    sign_in(client, cast.head)
    page = client.get("/portail/").content.decode()
    assert f"SIECLE est délégué à {cast.teacher.display_name}" in page
    assert "GAIA est délégué" not in page
