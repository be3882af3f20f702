"""Signing in by the real provider, as any client: the browser here, what programs say to each other over a socket."""

from contextlib import ExitStack
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from vaguemestre.accounts.sessions import page_owner
from vaguemestre.accounts.testing import sign_in
from vaguemestre.career.models import CareerSession
from vaguemestre.career.signin import oidc_signin, provider, sessions
from vaguemestre.sso.openid import own_applications
from vaguemestre.testing import make_account, make_person

HOME = "/iprof/"


@pytest.fixture
def house(daemons: None, live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> LiveServer:
    """The provider answers at the address of the test's own server; I-Prof is registered there."""
    settings.ORIGIN = live_server.url
    settings.CAREER = {**settings.CAREER, "issuer": live_server.url, "ca": None}
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    provider.known.forget()
    own_applications.keep_own()
    return live_server


def inside(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def to_the_provider(browser: Client, wanted: str = HOME) -> str:
    """The address of the provider that the browser is sent to."""
    door = browser.get(wanted)
    assert door.status_code == 302
    return inside(browser.get(door.headers["Location"]).headers["Location"])


def test_in_by_the_provider_and_back_to_the_page_that_was_asked_for(house: LiveServer) -> None:
    teacher, browser = make_account(make_person()), Client()
    sign_in(browser, teacher)
    asked = to_the_provider(browser, "/iprof/correspondant/")
    assert parse_qs(urlsplit(asked).query)["code_challenge_method"] == ["S256"]
    back = browser.get(asked).headers["Location"]
    arrived = browser.get(inside(back))
    assert (arrived.status_code, arrived.headers["Location"]) == (302, "/iprof/correspondant/")
    cookie = arrived.cookies[sessions.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["secure"], cookie["samesite"]) == (HOME, True, True, "Lax")
    page = browser.get(HOME)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    session = CareerSession.objects.get()
    assert session.account == teacher
    assert session.sid
    assert teacher.key not in session.subject
    # What came back serves once: the code is spent, and so is the way.
    assert browser.get(inside(back)).status_code == 403


def test_two_tabs_may_begin_at_once(house: LiveServer) -> None:
    browser = Client()
    sign_in(browser, make_account(make_person()))
    first, second = to_the_provider(browser), to_the_provider(browser, "/iprof/cv/")
    assert browser.get(inside(browser.get(first).headers["Location"])).headers["Location"] == HOME
    assert browser.get(inside(browser.get(second).headers["Location"])).headers["Location"] == "/iprof/cv/"
    assert CareerSession.objects.count() == 1  # the second one replaces the first


def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(house: LiveServer) -> None:
    thief, victim = Client(), Client()
    sign_in(thief, make_account(make_person("Karim", "Belkacem")))
    back = inside(thief.get(to_the_provider(thief)).headers["Location"])
    assert victim.get(back).status_code == 403
    assert sessions.COOKIE not in victim.cookies


def test_out_of_everything_at_once_without_being_asked(house: LiveServer) -> None:
    """The ID token tells the provider that it is this very session that leaves."""
    browser = Client()
    sign_in(browser, make_account(make_person()))
    browser.get(inside(browser.get(to_the_provider(browser)).headers["Location"]))
    leaves = browser.post(reverse("career:signout")).headers["Location"]
    gone = browser.get(inside(leaves))
    assert gone.status_code == 302
    assert gone.headers["Location"] == f"{house.url}/iprof/fin/"
    assert browser.get(reverse("portal:home")).status_code == 302
    assert browser.get(HOME).status_code == 302
    assert not CareerSession.objects.exists()


def test_whoever_leaves_the_portal_has_left_i_prof_with_the_same_answer(house: LiveServer) -> None:
    """Nobody is told in this test: what the provider says a moment later finds nothing any more."""
    teacher, browser, elsewhere = make_account(make_person()), Client(), Client()
    for one in (browser, elsewhere):
        sign_in(one, teacher)
        one.get(inside(one.get(to_the_provider(one)).headers["Location"]))
    kept = browser.cookies[sessions.COOKIE].value
    gone = browser.post(reverse("accounts:signout")).cookies[sessions.COOKIE]
    assert (gone.value, gone["path"], gone["max-age"], gone["secure"]) == ("", HOME, 0, True)
    browser.cookies[sessions.COOKIE] = kept
    answer = browser.get(HOME)
    assert answer.status_code == 302
    assert answer.cookies[sessions.COOKIE].value == "", "a dead cookie goes at the first look"
    assert elsewhere.get(HOME).status_code == 200, "another browser's sign-in stays"


@pytest.mark.parametrize("change", ["iss=https%3A%2F%2Failleurs.example", "error=access_denied"])
def test_another_issuer_or_a_refusal_opens_nothing(house: LiveServer, change: str) -> None:
    browser = Client()
    sign_in(browser, make_account(make_person()))
    back = urlsplit(browser.get(to_the_provider(browser)).headers["Location"])
    kept = "&".join(one for one in back.query.split("&") if not one.startswith("iss="))
    assert browser.get(f"{back.path}?{kept}&{change}").status_code == 403
    assert not CareerSession.objects.exists()


def test_nobody_is_let_in_whose_account_was_locked_meanwhile(house: LiveServer) -> None:
    browser, teacher = Client(), make_account(make_person())
    sign_in(browser, teacher)
    back = inside(browser.get(to_the_provider(browser)).headers["Location"])
    teacher.locked_at = timezone.now()
    teacher.save()
    assert browser.get(back).status_code == 403


@pytest.mark.parametrize(
    "wanted",
    ["https://ailleurs.example/", "//ailleurs.example/iprof/", "/webmail/", "/iprof/connexion/", "javascript:x"],
)
def test_one_comes_back_to_a_page_of_i_prof_and_to_nothing_else(wanted: str) -> None:
    assert oidc_signin.career_page(wanted) == HOME


def test_without_the_provider_the_page_says_so(db: None, daemons: None, settings: Settings) -> None:
    provider.known.forget()
    settings.CAREER = {**settings.CAREER, "issuer": "http://127.0.0.1:9"}
    answer = Client().get(reverse("career:signin"))
    assert answer.status_code == 503
    assert "ne répond pas" in answer.content.decode()


def test_whoever_finds_no_place_waits_a_second_and_comes_in_with_the_same_code(house: LiveServer) -> None:
    """All threads waiting for the provider would leave none to answer as the provider."""
    teacher, browser = make_account(make_person()), Client()
    sign_in(browser, teacher)
    back = inside(browser.get(to_the_provider(browser)).headers["Location"])
    with ExitStack() as others:
        for _other in range(provider.AT_ONCE):
            others.enter_context(provider.place())
        waits = browser.get(back)
        assert (waits.status_code, waits.headers["Refresh"]) == (503, "1")
        assert "s’ouvre" in waits.content.decode()
    assert browser.get(back).headers["Location"] == HOME


def test_what_was_written_when_the_session_had_ended_is_offered_after_the_way_back(house: LiveServer) -> None:
    teacher, browser = make_account(make_person()), Client()
    sign_in(browser, teacher)
    browser.get(inside(browser.get(to_the_provider(browser)).headers["Location"]))
    signed_in_here = HttpResponse()
    page_owner.remember_owner(signed_in_here, teacher)
    browser.cookies.update(signed_in_here.cookies)
    CareerSession.objects.all().delete()
    words = {"subject": "Ma quotité", "text": "Je travaille à 80 % depuis la rentrée, et non à 100 %."}
    door = browser.post("/iprof/courrier/nouveau/", words).headers["Location"]
    asked = inside(browser.get(door).headers["Location"])
    back = browser.get(inside(browser.get(asked).headers["Location"])).headers["Location"]
    offered = browser.get(browser.get(back).headers["Location"]).content.decode()
    assert words["text"] in offered
    assert 'action="/iprof/courrier/nouveau/"' in offered
