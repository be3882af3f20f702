"""CAS from the browser to the application: who goes in, with what, once; and who does not."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree as Xml

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.people.models import Person
from vaguemestre.sso.cas import tickets
from vaguemestre.sso.cas.responses import Failure
from vaguemestre.sso.models import Application, ApplicationSession, Consent, Protocol, ServiceTicket
from vaguemestre.sso.subject_identifiers import subject_of
from vaguemestre.sso.testing import make_application

pytestmark = pytest.mark.django_db
SERVICE = "https://notes.example/entree"
NAMES = {"cas": "http://www.yale.edu/tp/cas"}


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


@pytest.fixture
def browser(client: Client, account: Account) -> Client:
    sign_in(client, account)
    return client


@pytest.fixture
def application() -> Application:
    return notes()


def notes(**facts: Any) -> Application:
    defaults: dict[str, Any] = {"protocol": Protocol.CAS, "cas_services": [SERVICE], "own": True, "redirect_uris": ""}
    return make_application("Notes", **(defaults | facts))


def login(browser: Client, service: str = SERVICE, **more: str) -> HttpResponse:
    answer: HttpResponse = browser.get("/cas/login", {"service": service, **more})  # type: ignore[assignment]
    return answer


def ticket_in(answer: HttpResponse) -> str:
    assert answer.status_code == 302, answer.content
    address = answer.headers["Location"]
    assert address.startswith(f"{SERVICE}?ticket=ST-"), address
    return parse_qs(urlsplit(address).query)["ticket"][0]


def shown(ticket: str, service: str = SERVICE, *, at: str = "p3/serviceValidate", **more: str) -> Xml.Element:
    answer = Client().get(f"/cas/{at}", {"ticket": ticket, "service": service, **more})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return Xml.fromstring(answer.content)


def refused(ticket: str, service: str = SERVICE, **more: str) -> str:
    failure = shown(ticket, service, **more).find("cas:authenticationFailure", NAMES)
    assert failure is not None
    return failure.attrib["code"]


def test_single_sign_on(browser: Client, account: Account, application: Application) -> None:
    ticket = ticket_in(login(browser))
    success = shown(ticket).find("cas:authenticationSuccess", NAMES)
    assert success is not None
    assert success.findtext("cas:user", "", NAMES) == account.identifier
    told = success.find("cas:attributes", NAMES)
    assert told is not None
    assert told.findtext("cas:sub", "", NAMES) == subject_of(account)
    assert told.findtext("cas:name", "", NAMES) == "Agathe Essai"
    assert told.findtext("cas:email", "", NAMES) == account.address
    assert told.findtext("cas:isFromNewLogin", "", NAMES) == "false"
    visit = ApplicationSession.objects.get()
    assert (visit.account, visit.ticket, visit.protocol) == (account, ticket, Protocol.CAS)
    assert visit.session == Session.objects.get().pk


def test_no_visit_before_the_application_came(browser: Client, application: Application) -> None:
    ticket = ticket_in(login(browser))
    assert not ApplicationSession.objects.exists()
    assert ticket not in str(ServiceTicket.objects.values())


def test_attributes_go_by_what_the_application_may_read(browser: Client, account: Account) -> None:
    notes(scopes=["uai"])
    answer = shown(ticket_in(login(browser)))
    assert answer.findtext(".//cas:user", "", NAMES) == subject_of(account)
    assert {name.tag.partition("}")[2] for name in answer.findall(".//cas:attributes/*", NAMES)} <= {
        "authenticationDate", "longTermAuthenticationRequestTokenUsed", "isFromNewLogin", "sub", "uai",
    }  # fmt: skip
    assert account.identifier not in Xml.tostring(answer).decode()


def test_never_the_numen_nor_a_key_of_ours(browser: Client, account: Account, application: Application) -> None:
    said = Xml.tostring(shown(ticket_in(login(browser)))).decode()
    assert account.key not in said
    assert "numen" not in said.lower()


def test_what_a_person_is_called_is_no_markup(client: Client, application: Application) -> None:
    account = make_account("Agathe", "Essai")
    Person.objects.filter(pk=account.person.pk).update(first_name="<b>&\x0c", last_name="]]></cas:user>")
    sign_in(client, account)
    answer = shown(ticket_in(login(client)))
    assert answer.findtext(".//cas:given_name", "", NAMES) == "<b>&"
    assert len(answer.findall(".//cas:user", NAMES)) == 1


def test_cas_2_tells_the_name_alone(browser: Client, account: Account, application: Application) -> None:
    answer = shown(ticket_in(login(browser)), at="serviceValidate")
    assert answer.findtext(".//cas:user", "", NAMES) == account.identifier
    assert answer.find(".//cas:attributes", NAMES) is None


def test_cas_1_has_two_lines(browser: Client, account: Account, application: Application) -> None:
    ticket = ticket_in(login(browser))
    asked = {"ticket": ticket, "service": SERVICE}
    assert Client().get("/cas/validate", asked).content.decode() == f"yes\n{account.identifier}\n"
    assert Client().get("/cas/validate", asked).content.decode() == "no\n\n"


def test_json(browser: Client, account: Account, application: Application) -> None:
    asked = {"ticket": ticket_in(login(browser)), "service": SERVICE, "format": "JSON"}
    said = json.loads(Client().get("/cas/p3/serviceValidate", asked).content)["serviceResponse"]
    assert said["authenticationSuccess"]["user"] == account.identifier
    assert said["authenticationSuccess"]["attributes"]["email_verified"] is True
    again = json.loads(Client().get("/cas/p3/serviceValidate", asked).content)["serviceResponse"]
    assert again["authenticationFailure"]["code"] == "INVALID_TICKET"


def test_a_ticket_works_once(browser: Client, application: Application) -> None:
    ticket = ticket_in(login(browser))
    shown(ticket)
    assert refused(ticket) == "INVALID_TICKET"
    assert ApplicationSession.objects.count() == 1


def test_a_ticket_shown_with_another_address_is_spent(browser: Client) -> None:
    notes(cas_services=[SERVICE, "https://notes.example/autre"])
    ticket = ticket_in(login(browser))
    assert refused(ticket, "https://notes.example/autre") == "INVALID_SERVICE"
    assert refused(ticket) == "INVALID_TICKET"
    assert not ApplicationSession.objects.exists()


def test_another_application_gets_nothing_of_it(browser: Client, application: Application) -> None:
    notes(cas_services=["https://voleur.example/*"])
    assert refused(ticket_in(login(browser)), "https://voleur.example/") == "INVALID_SERVICE"


def test_a_ticket_is_over_soon(browser: Client, application: Application) -> None:
    ticket = ticket_in(login(browser))
    ServiceTicket.objects.update(expires_at=timezone.now())
    assert refused(ticket) == "INVALID_TICKET"


def test_a_ticket_dies_with_the_session(browser: Client, account: Account, application: Application) -> None:
    ticket = ticket_in(login(browser))
    sessions.end_sessions(account)
    assert refused(ticket) == "INVALID_TICKET"
    assert not ApplicationSession.objects.exists()


def test_a_ticket_dies_with_the_right(browser: Client, application: Application) -> None:
    ticket = ticket_in(login(browser))
    application.audiences.update(department="02")
    assert refused(ticket) == "INVALID_TICKET"


@pytest.mark.parametrize(
    "facts", [{"active": False}, {"protocol": Protocol.LINK}, {"shut_reason": "Fermé."}, {"needs_key": True}]
)
def test_a_ticket_dies_with_the_application(browser: Client, application: Application, facts: dict[str, Any]) -> None:
    ticket = ticket_in(login(browser))
    Application.objects.filter(pk=application.pk).update(**facts)
    assert refused(ticket) == "INVALID_TICKET"


def test_an_address_taken_off_the_list(browser: Client, application: Application) -> None:
    ticket = ticket_in(login(browser))
    Application.objects.filter(pk=application.pk).update(cas_services=["https://notes.example/autre"])
    assert refused(ticket) == "INVALID_SERVICE"


@pytest.mark.parametrize(
    ("ticket", "code"),
    [
        ("", "INVALID_REQUEST"), ("PT-" + "a" * 64, "INVALID_TICKET_SPEC"), ("ST-" + "a" * 64, "INVALID_TICKET"),
        ("ST-\x00", "INVALID_TICKET"), ("ST-" + "a" * 100_000, "INVALID_TICKET"), ("<cas:user>", "INVALID_TICKET_SPEC"),
        ("ST-é", "INVALID_TICKET"),
    ],
)  # fmt: skip
def test_what_is_no_ticket(application: Application, ticket: str, code: str) -> None:
    assert refused(ticket) == code


def test_both_are_required(browser: Client, application: Application) -> None:
    ticket = ticket_in(login(browser))
    assert refused(ticket, "") == "INVALID_REQUEST"
    assert Client().get("/cas/serviceValidate").content.decode().count("INVALID_REQUEST") == 1


def test_proxy_tickets_are_not_given(browser: Client, application: Application) -> None:
    ticket = ticket_in(login(browser))
    assert refused(ticket, pgtUrl="https://notes.example/pgt") == "INVALID_PROXY_CALLBACK"
    assert refused(ticket) == "INVALID_TICKET"
    assert "UNAUTHORIZED_SERVICE" in Client().get("/cas/proxy", {"pgt": "x", "targetService": "y"}).content.decode()


@pytest.mark.parametrize(
    "service",
    [
        "https://notes.example/entree/", "https://notes.example@voleur.example/entree", "https://NOTES.example/entree",
        "https://notes.example:444/entree", "http://notes.example/entree", "https://voleur.example/",
        "javascript:alert(1)", "//notes.example/entree", "https://notes.example/entree\r\nX: y",
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", [{}, {"gateway": "true"}, {"renew": "true"}, {"warn": "true"}])
def test_nobody_is_sent_to_an_address_that_nobody_registered(
    browser: Client, application: Application, service: str, more: dict[str, str]
) -> None:
    for visitor in (browser, Client()):
        answer = login(visitor, service, **more)
        assert answer.status_code == 403
        assert "Location" not in answer.headers
        assert "refresh" not in answer.content.decode()
    assert not ServiceTicket.objects.exists()
    answer = visitor.post("/cas/passage/", {"service": service})  # type: ignore[assignment]
    assert answer.status_code == 403


def test_a_stranger_signs_in_and_goes_on(client: Client, account: Account, application: Application) -> None:
    """Through a page of its own: a browser holds a redirect from our form to another site."""
    first = login(client)
    page = client.get(first.headers["Location"])
    assert page.headers["Location"].startswith("/session/?next=")
    wanted = parse_qs(urlsplit(page.headers["Location"]).query)["next"][0]
    done = client.post("/session/", {"identifiant": account.identifier, "secret": PASSWORD, "next": wanted})
    assert done.headers["Location"] == wanted
    going = client.get(wanted).content.decode()
    ticket = going.partition(f"{SERVICE}?ticket=")[2][:67]
    answer = shown(ticket, renew="true")
    assert answer.findtext(".//cas:isFromNewLogin", "", NAMES) == "true"


def test_renew_asks_again_and_a_remembered_session_is_not_enough(
    browser: Client, account: Account, application: Application
) -> None:
    assert refused(ticket_in(login(browser)), renew="true") == "INVALID_TICKET"
    asks = login(browser, renew="true")
    assert asks.headers["Location"].startswith("/session/confirmation/")
    wanted = parse_qs(urlsplit(asks.headers["Location"]).query)["next"][0]
    assert browser.get(wanted).status_code == 302  # not proved yet: asked again
    proved = browser.post(urlsplit(asks.headers["Location"]).path, {"secret": PASSWORD, "next": wanted})
    going = browser.get(proved.headers["Location"]).content.decode()
    assert shown(going.partition(f"{SERVICE}?ticket=")[2][:67], renew="true").find(".//cas:user", NAMES) is not None


@pytest.mark.parametrize("mark", ["", "x", "2020-01-01"])
def test_the_hour_of_a_question_is_not_made_up(browser: Client, application: Application, mark: str) -> None:
    assert login(browser, renew="true", since=mark).headers["Location"].startswith("/session/confirmation/")


def test_gateway_sends_a_stranger_back_without_asking(client: Client, application: Application) -> None:
    answer = login(client, gateway="true")
    assert (answer.status_code, answer.headers["Location"]) == (302, SERVICE)
    assert not ServiceTicket.objects.exists()


def test_gateway_opens_for_who_is_signed_in(browser: Client, application: Application) -> None:
    ticket_in(login(browser, gateway="true"))


def test_renew_is_stronger_than_gateway(client: Client, application: Application) -> None:
    assert "/cas/login?" in login(client, gateway="true", renew="true").headers["Location"]


def test_warn_asks_first(browser: Client, application: Application) -> None:
    page = login(browser, warn="true")
    assert page.status_code == 200
    assert not ServiceTicket.objects.exists()
    going = browser.post("/cas/passage/", {"service": SERVICE}).content.decode()
    assert f"url={SERVICE}?ticket=ST-" in going


def test_somebody_elses_application_is_let_read_once(browser: Client, account: Account) -> None:
    application = notes(own=False, scopes=["email"])
    page = login(browser).content.decode()
    assert account.address in page
    assert not ServiceTicket.objects.exists()
    browser.post("/cas/passage/", {"service": SERVICE})
    assert Consent.objects.get().scopes == ["email"]
    ticket_in(login(browser))
    Application.objects.filter(pk=application.pk).update(scopes=["email", "uai"])
    assert login(browser).status_code == 200


@pytest.mark.parametrize(
    ("facts", "status"),
    [({"shut_reason": "Mise à jour."}, 503), ({"needs_key": True}, 403), ({"seen_by": {"department": "02"}}, 403)],
)
def test_who_may_not_stays_here(browser: Client, facts: dict[str, Any], status: int) -> None:
    notes(**facts)
    for more in ({}, {"gateway": "true"}, {"warn": "true"}):
        assert login(browser, **more).status_code == status
    assert browser.post("/cas/passage/", {"service": SERVICE}).status_code == status
    assert not ServiceTicket.objects.exists()


def test_a_strong_session_opens_what_needs_a_key(client: Client, account: Account) -> None:
    notes(needs_key=True)
    sign_in(client, account, strong=True)
    shown(ticket_in(login(client)))


def test_a_text_message_is_not_strong_enough(client: Client, account: Account) -> None:
    notes(needs_key=True)
    sign_in(client, account, strong=True)
    Session.objects.update(by_text=True)
    assert login(client).status_code == 403


def test_without_a_service_one_is_at_home(browser: Client) -> None:
    assert browser.get("/cas/login").headers["Location"] == "/portail/"
    assert Client().get("/cas/login").headers["Location"].startswith("/session/")


def test_an_application_one_is_in_signs_out_everywhere(browser: Client, application: Application) -> None:
    shown(ticket_in(login(browser)))
    answer = browser.get("/cas/logout", {"service": SERVICE})
    assert answer.headers["Location"] == "/session/?fin=1"
    assert not Session.objects.exists()
    assert ApplicationSession.objects.get().ended_at


@pytest.mark.parametrize("service", [None, SERVICE, "https://voleur.example/"])
def test_any_other_link_asks_first(browser: Client, application: Application, service: str | None) -> None:
    """A picture or a link on some page signs nobody out."""
    answer = browser.get("/cas/logout", {"service": service} if service else {})
    assert answer.status_code == 200
    assert "Se déconnecter de tout" in answer.content.decode()
    assert Session.objects.exists()


def test_a_stranger_is_signed_out_already() -> None:
    answer = Client().get("/cas/logout", {"service": "https://voleur.example/"})
    assert answer.headers["Location"] == "/session/?fin=1"


def test_a_page_of_another_site_cannot_take_it(browser: Client, application: Application) -> None:
    for path in (f"/cas/login?{urlencode({'service': SERVICE, 'warn': 'true'})}", "/cas/logout"):
        assert browser.get(path).headers["X-Frame-Options"] == "DENY"


def test_two_who_show_it_at_once(browser: Client, application: Application) -> None:
    """The second finds it used, whatever the first is still doing: the claim is one conditional statement."""
    ticket, now = ticket_in(login(browser)), timezone.now()
    row = ServiceTicket.objects.get()
    assert ServiceTicket.objects.filter(pk=row.pk, used_at=None).update(used_at=now) == 1
    assert tickets.validate_ticket(ticket, SERVICE, renew=False, proxied=False, now=now) == Failure.TICKET


def test_life_is_counted_from_the_ticket(browser: Client, application: Application) -> None:
    before = timezone.now()
    login(browser)
    assert before + tickets.LIFE <= ServiceTicket.objects.get().expires_at <= timezone.now() + timedelta(seconds=30)


def test_queries(
    browser: Client, application: Application, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    login(browser)
    with django_assert_max_num_queries(6):
        ticket = ticket_in(login(browser))
    with django_assert_max_num_queries(22):
        shown(ticket)
