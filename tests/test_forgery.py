"""Another site cannot press our buttons: no address takes a form without its anti-forgery token.

Asked of every address, also of those that only show something: one that takes forms tomorrow is asked already.
"""

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.utils import translation

from tests.addresses import addresses
from vaguemestre.accounts.testing import sign_in
from vaguemestre.testing import make_account, make_person, make_school
from vaguemestre.web.views.errors import CSRF_FAILURE, SIGNED_IN_ELSEWHERE

# Why an address may take forms from anywhere: one that must (no cookie, no session) says why here.
WITHOUT_TOKEN = {
    "clients:autodiscover": "Outlook asks here for its settings: no cookie is looked at, nothing is changed",
    "clients:autodiscover-capitals": "the same, as other programs write it",
    "career:told-to-end": "the provider tells I-Prof that a sign-in is over: its signed token is the proof",
    "handouts:opening": "a stranger's page that tells nobody where it came from; link and password are the proof",
    "sso:authorize": "an application's page sends somebody here: nothing is done but sending them on by GET",
    "sso:token": "an application's server asks, and shows its secret: cookies are not read",
    "sso:revocation": "the same",
    "sso:userinfo": "the same, with a token in a header",
}
NOT_MISSED = {  # some that must be among them: a sweep that misses an act proves nothing
    "accounts:rescue", "accounts:rescue-withdrawal", "accounts:first-rescue-code", "accounts:factors-telephone",
    "accounts:app-passwords", "accounts:app-password-removal", "accounts:session-end", "accounts:other-sessions-end",
    "accounts:otp-request", "accounts:otp-decision", "accounts:new-password", "accounts:lost-password",
    "accounts:first-rescue-phone-code", "accounts:second-factor-text", "accounts:factors-text-removal",
    "helpdesk:otp-handover", "helpdesk:request-take", "helpdesk:request-refuse", "helpdesk:stolen-close",
    "exports:order", "exports:access-request", "portal:maintenance-beginning", "webmail:send",
}  # fmt: skip


@pytest.fixture
def agent(db: None) -> Client:
    """Somebody who may do much: signed in with two factors, a moment ago."""
    client = Client(enforce_csrf_checks=True)
    desk = make_school("0809999D", kind="dsden")
    sign_in(client, make_account(make_person(category="ADMD", function="ASSIST", school=desk)), strong=True)
    return client


def test_no_form_is_taken_without_its_token(agent: Client) -> None:
    """All by one person: what is refused has changed nothing."""
    refused = {address: _refused(agent.post(address.path, {"x": "1"})) for address in addresses()}
    taken = [address.path for address, no in refused.items() if not no and address.name not in WITHOUT_TOKEN]
    assert taken == []
    protected = [address.name for address, no in refused.items() if no and address.name in WITHOUT_TOKEN]
    assert protected == [], "they leave the list"
    assert agent.get("/mon-compte/").status_code == 200, "still signed in, or the rest proves nothing"


@pytest.mark.parametrize("token", ["", "x" * 64])
def test_nor_with_one_that_was_made_up(agent: Client, token: str) -> None:
    agent.get("/mon-compte/mot-de-passe/")
    assert _refused(agent.post("/session/fin/", {"csrfmiddlewaretoken": token}))


def test_with_the_page_s_own_it_is_taken(agent: Client) -> None:
    """What is refused above is refused for want of a token, and of nothing else."""
    agent.get("/mon-compte/mot-de-passe/")
    token = agent.cookies["__Host-csrf"].value
    assert agent.post("/mon-compte/mot-de-passe/", {"csrfmiddlewaretoken": token}).status_code == 200


def test_the_lists_are_not_out_of_date() -> None:
    names = {address.name for address in addresses()}
    assert names >= NOT_MISSED | set(WITHOUT_TOKEN)


def _refused(response: HttpResponseBase) -> bool:
    with translation.override("fr"):
        titles = str(CSRF_FAILURE.title), str(SIGNED_IN_ELSEWHERE.title)
    said = getattr(response, "content", b"").decode()
    return response.status_code == 403 and any(title in said for title in titles)
