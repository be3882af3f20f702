"""A stranger meets the sign-in page, or nothing at all. One forgotten guard would open a mailbox."""

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.addresses import Address, addresses

PUBLIC = {
    "",  # the root leads to the portal
    "accounts:signin",
    "accounts:charter",
    "accounts:captcha",
    "accounts:lost-password",
    "accounts:new-password",
    "accounts:new-password-done",
    "accounts:reset-code",  # where there is a gateway of text messages; else there is no such page
    "accounts:new-password-rules",  # says nothing without a living link
    "exports:link",  # shut without a link, and says so
    "exports:link-code",
    "handouts:handout",  # whoever has a link; all others get one answer
    "handouts:octets",
    "handouts:opening",
    "cas:logout",  # leads whoever is signed in nowhere to the door
    "sso:farewells",  # says nothing but to the browser that has just signed out
    "cas:proxy",  # what programs ask: a ticket speaks, or nothing is told
    "cas:proxy-validate",
    "cas:proxy-validate-3",
    "cas:service-validate",
    "cas:service-validate-3",
    "cas:validate",
    "sso:authorize",  # strangers sign in first; what comes by POST is sent on to the same by GET
    "sso:discovery",  # what programs ask: no cookie, no person; a token or a secret speaks, or nothing is told
    "sso:keys",
    "sso:logout",  # whoever has left already continues to where the application wanted
    "sso:revocation",
    "sso:token",
    "sso:userinfo",
    "portal:numen",
    "portal:trouble",
    "portal:trouble-letter",
    "portal:accessibility",
    "portal:contacts",
    "portal:guidance",  # so are its articles
    "portal:help",
    "portal:intranet",
    "portal:plan",
    "portal:privacy",
    "clients:autoconfig",  # what mail programs ask by themselves: the same answer for every address
    "clients:autoconfig-well-known",
    "clients:autodiscover",
    "clients:autodiscover-capitals",
    "clients:autodiscover-json",
    "clients:autodiscover-json-address",
    "clients:program",
    "clients:programs",
    "portal:state",
    "webmail:notices",  # the service worker: a program of ours, the same for everybody
    "web:health",
    "web:metrics",
    "web:ready",
    "web:security-txt",
    "accounts:again",  # the dialog of an open page whose session has ended
    "accounts:staying",  # tells an open page how long its session continues; leads whoever asks by hand home
    "accounts:again-second-factor",
    "accounts:again-second-factor-text",
    "accounts:lockout",
    "accounts:lockout-code",
    "accounts:second-factor",
    "accounts:second-factor-text",
    "accounts:signin-key",
    "career:left",
    "career:return",  # opens nothing without a way that this browser began
    "career:signin",  # leads to the provider
    "career:staying",  # as accounts:staying
    "career:told-to-end",  # obeys a signed token of the provider alone
}
NEEDS_ANOTHER_PROGRAM = {"web:ready", "career:signin"}
NEVER_IN_A_PART = {  # pages of their own: an ordinary redirect is right
    "accounts:otp-signin-next",
    "accounts:otp-signin-pin",
    "accounts:otp-signin-proof",
    "accounts:first-signin",
    "accounts:first-password",
    "accounts:first-charter",
    "accounts:first-rescue",
    "accounts:first-rescue-code",
    "accounts:first-rescue-phone-code",
    "accounts:first-personalise",
}


def named(address: Address) -> str:
    return address.name or "root"


@pytest.fixture(params=addresses(), ids=named)
def address(request: pytest.FixtureRequest) -> Address:
    found: Address = request.param
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_refused_but_where_everybody_may_enter_and_every_answer_bears_the_policy(
    client: Client, db: None, address: Address, method: str
) -> None:
    response = getattr(client, method)(address.path)
    bears_the_policy(response)
    if address.name in PUBLIC:
        assert response.status_code < 500 or address.name in NEEDS_ANOTHER_PROGRAM
    elif response.status_code == 405:
        assert method == "get" or client.get(address.path).status_code != 405
    else:
        assert _refuses(response), f"{address.path}: {response.status_code}"


def test_a_stranger_s_htmx_is_sent_away_whole(client: Client, db: None, address: Address) -> None:
    response = client.get(address.path, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    if address.name not in PUBLIC | NEVER_IN_A_PART and response.status_code != 405:
        assert _refuses(response)
        assert response.status_code != 302, "htmx would follow it and place the sign-in page inside this one"


def bears_the_policy(response: HttpResponseBase) -> None:
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_error_pages_bear_it_too(client: Client, db: None) -> None:
    bears_the_policy(client.get("/nulle-part/"))


def test_the_list_of_public_pages_is_not_out_of_date() -> None:
    assert {address.name for address in addresses()} >= PUBLIC


def _refuses(response: HttpResponseBase) -> bool:
    """To the sign-in page, as a redirect or as htmx's own; or a refusal that says nothing of what is there."""
    leads_to = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    doors = (reverse("accounts:signin"), reverse("career:signin"))
    return leads_to.startswith(doors) or response.status_code in {403, 404}
