"""Who sees an application, by what HR says; and that an application never reads anybody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.people.models import Posting
from vaguemestre.sso import audience
from vaguemestre.sso.models import AccessToken, Application, Audience, Code
from vaguemestre.sso.testing import RelyingParty, came_back, make_application, userinfo
from vaguemestre.testing import make_school

HERE, THERE = "0801234A", "0801235B"


@pytest.fixture
def head(db: None) -> Account:
    """Heads one school, teaches an hour in another."""
    account = make_account("Nadia", "Benhamou", category="CHEF")
    start = timezone.localdate() - timedelta(days=900)
    for rank, (uai, function) in enumerate([(HERE, "DIR"), (THERE, "ENS")], 1):
        Posting.objects.create(
            person=account.person, school=make_school(uai), rank=rank, function=function, share=50, starts=start
        )
    return account


@pytest.mark.parametrize(
    ("row", "seen"),
    [
        ({}, True),
        ({"category": "CHEF"}, True),
        ({"category": "CERT"}, False),
        ({"department": "80"}, True),
        ({"department": "02"}, False),
        ({"function": "DIR"}, True),
        ({"function": "GEST"}, False),
        ({"uai": HERE}, True),
        ({"uai": "0809999D"}, False),
        ({"function": "DIR", "uai": HERE}, True),
        ({"function": "DIR", "uai": THERE}, False),
        ({"category": "CHEF", "department": "80", "function": "ENS", "uai": THERE}, True),
        ({"category": "CHEF", "department": "02", "function": "DIR", "uai": HERE}, False),
    ],
)
def test_a_row_fits_when_all_it_says_does(head: Account, row: dict[str, str], seen: bool) -> None:
    application = make_application(seen_by=row)
    assert audience.may_open(head, application, timezone.now()) is seen
    assert (application in audience.seen_by(head, timezone.now())) is seen


def test_no_row_is_nobody_and_one_that_fits_is_enough(head: Account) -> None:
    application = make_application(seen_by={"department": "02"})
    Audience.objects.create(application=application, function="DIR")
    assert audience.may_open(head, application, timezone.now())
    Audience.objects.all().delete()
    assert not audience.may_open(head, application, timezone.now())


def test_a_post_that_has_ended_opens_nothing(head: Account) -> None:
    application = make_application(seen_by={"function": "DIR"})
    head.person.postings.filter(rank=1).update(ends=timezone.localdate() - timedelta(days=1))
    assert not audience.may_open(head, application, timezone.now())


def test_what_is_withdrawn_is_seen_by_nobody(head: Account) -> None:
    application = make_application(active=False)
    assert not audience.may_open(head, application, timezone.now())
    assert audience.seen_by(head, timezone.now()) == []


@pytest.mark.django_db
def test_two_hundred_applications_cost_three_queries(head: Account, django_assert_num_queries: Any) -> None:
    for number in range(200):
        make_application(seen_by={"function": "DIR"} if number % 2 else {"department": "02"})
    fresh = Account.objects.select_related("person").get(pk=head.pk)
    with django_assert_num_queries(3):
        assert len(audience.seen_by(fresh, timezone.now())) == 100


@pytest.fixture
def closed(db: None) -> RelyingParty:
    return RelyingParty(make_application("Ailleurs", own=True, seen_by={"department": "02"}))


def test_a_person_outside_reads_why_and_nothing_is_given(browser: Client, closed: RelyingParty) -> None:
    response = browser.get(closed.request())
    assert response.status_code == 403
    assert "Ailleurs ne vous est pas ouverte" in response.text
    assert not Code.objects.exists()


def test_without_a_page_the_application_is_told(browser: Client, closed: RelyingParty) -> None:
    assert came_back(browser.get(closed.request(prompt="none")))["error"] == "access_denied"


def test_consenting_opens_nothing(browser: Client) -> None:
    closed = RelyingParty(make_application("Ailleurs", seen_by={"department": "02"}))
    response = browser.post(closed.request().replace("authorize", "consent"), {"reponse": "oui"})
    assert response.status_code == 403
    assert not Code.objects.exists()


def test_a_right_that_ended_meanwhile(browser: Client, relying: RelyingParty, outside: Client) -> None:
    """Between the code and the token: a second is enough."""
    code = relying.code(browser)
    Audience.objects.update(department="02")
    assert relying.redeem(outside, code).status_code == 400
    assert not AccessToken.objects.exists()


def test_each_token_tells_of_its_own_person(browser: Client, relying: RelyingParty, account: Account) -> None:
    other, someone = Client(), make_account("Karim", "Belkacem")
    sign_in(other, someone)
    tokens = {one.identifier: relying.tokens(who) for one, who in ((account, browser), (someone, other))}
    told = {name: userinfo(Client(), given["access_token"]).json() for name, given in tokens.items()}  # type: ignore[attr-defined]
    assert {name: one["preferred_username"] for name, one in told.items()} == {name: name for name in told}
    assert len({one["sub"] for one in told.values()}) == 2


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid", set()),
        ("openid email", {"email", "email_verified"}),
        ("openid uai", {"uai"}),
        ("openid department", {"department"}),
        ("openid function", {"function", "function_label", "category"}),
        ("openid profile", {"name", "given_name", "family_name", "preferred_username"}),
    ],
)
def test_no_more_is_told_than_was_asked(client: Client, head: Account, scope: str, claims: set[str]) -> None:
    sign_in(client, head)
    relying = RelyingParty(make_application(own=True), scope=scope)
    told: Any = userinfo(Client(), relying.tokens(client)["access_token"])
    assert set(told.json()) == {"sub"} | claims


def test_what_the_posts_tell(client: Client, head: Account) -> None:
    sign_in(client, head)
    relying = RelyingParty(make_application(own=True), scope="openid uai function department email")
    told: Any = userinfo(Client(), relying.tokens(client)["access_token"])
    said = told.json()
    assert said["uai"] == [HERE, THERE]
    assert said["function"] == ["DIR", "ENS"]
    assert (said["function_label"], said["category"]) == ("cheffe d’établissement", "CHEF")
    assert (said["department"], said["email"]) == ("80", head.address)


def test_an_application_may_ask_what_its_row_says(browser: Client) -> None:
    relying = RelyingParty(make_application(own=True, scopes=["email"]), scope="openid email uai")
    assert came_back(browser.get(relying.request()))["error"] == "invalid_scope"
    assert Application.objects.get(pk=relying.application.pk).scopes == ["email"]


def test_closed_for_maintenance(browser: Client, relying: RelyingParty) -> None:
    relying.application.shut_reason = "Mise à jour annuelle."
    relying.application.shut_until = timezone.now() + timedelta(hours=1)
    relying.application.save()
    response = browser.get(relying.request())
    assert response.status_code == 503
    assert "Mise à jour annuelle." in response.text
    assert came_back(browser.get(relying.request(prompt="none")))["error"] == "temporarily_unavailable"
    Application.objects.update(shut_until=timezone.now())
    assert "code" in came_back(browser.get(relying.request()))


def test_one_that_asks_for_two_factors(client: Client, account: Account) -> None:
    relying = RelyingParty(make_application(own=True, needs_key=True))
    sign_in(client, account)
    response = client.get(relying.request())
    assert response.status_code == 403
    assert "demande un second facteur" in response.text
    sign_in(client, account, strong=True)
    assert "code" in came_back(client.get(relying.request()))
