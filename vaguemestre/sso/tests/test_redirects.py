"""Where a browser is sent is one of the registered addresses, letter by letter; else it stays here, on a page."""

import pytest
from django.conf import settings
from django.test import Client

from vaguemestre.sso.testing import BACK, RelyingParty, came_back, make_application

NOT_OURS = [
    f"{BACK}/plus",
    f"{BACK}/",
    f"{BACK}?a=1",
    f"{BACK}#f",
    BACK[:-1],
    BACK.upper(),
    BACK.replace("https", "HTTPS"),
    BACK.replace("https", "http"),
    BACK.replace("appli.", "Appli."),
    BACK.replace(".fr", ".fr:443"),
    BACK.replace(".fr", ".fr:8443"),
    BACK.replace(".fr", ".fr."),
    BACK.replace("appli.example.fr", "appli.example.fr@mal.example"),
    BACK.replace("https://", "https://moi@"),
    BACK.replace("/retour", "/../retour"),
    BACK.replace("/retour", "/./retour"),
    BACK.replace("retour", "%72etour"),
    BACK.replace("/retour", "\\retour"),
    f"{BACK} https://mal.example/",
    "//appli.example.fr/retour",
    "javascript:alert(1)",
    "/session/",
    "",
]


@pytest.mark.parametrize("address", NOT_OURS)
def test_another_address_is_never_followed(browser: Client, relying: RelyingParty, address: str) -> None:
    response = browser.get(relying.request(redirect_uri=address))
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "Refresh" not in response.headers
    assert "n’est pas connue ici" in response.text


@pytest.mark.parametrize("address", [None, *NOT_OURS[:8]])
def test_nor_with_an_error_to_tell_nor_without_a_page(
    browser: Client, relying: RelyingParty, address: str | None
) -> None:
    """An error leads to the application as well: only once the address is known to be its own."""
    for wrong in ({"response_type": "token"}, {"scope": "rien"}, {"prompt": "none"}, {"code_challenge": None}):
        response = browser.get(relying.request(redirect_uri=address, **wrong))
        assert response.status_code == 400
        assert "Location" not in response.headers


def test_a_stranger_is_not_led_there_either(client: Client, relying: RelyingParty) -> None:
    response = client.get(relying.request(redirect_uri="https://mal.example/", prompt="none"))
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_another_application_s_address_is_not_one_s_own(browser: Client, relying: RelyingParty) -> None:
    make_application(redirect_uris="https://autre.example/retour")
    assert browser.get(relying.request(redirect_uri="https://autre.example/retour")).status_code == 400


@pytest.mark.parametrize("client_id", [None, "", "inconnu", "client\x00", "c" * 5000])
def test_an_unknown_application_is_a_page(browser: Client, relying: RelyingParty, client_id: str | None) -> None:
    response = browser.get(relying.request(client_id=client_id))
    assert response.status_code == 400
    assert "Location" not in response.headers


@pytest.mark.parametrize("facts", [{"active": False}, {"protocol": "cas"}, {"protocol": "link"}])
def test_so_is_one_that_is_no_client_any_more(browser: Client, relying: RelyingParty, facts: dict[str, object]) -> None:
    for name, value in facts.items():
        setattr(relying.application, name, value)
    relying.application.save()
    assert browser.get(relying.request()).status_code == 400


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "response_type", "scope", "state"])
def test_a_parameter_said_twice_is_refused(browser: Client, relying: RelyingParty, name: str) -> None:
    response = browser.get(f"{relying.request()}&{name}=x")
    assert response.status_code == 400
    assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://mal.example/"}, "request_uri_not_supported"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "beaucoup"}, "invalid_request"),
        ({"nonce": "n" * 501}, "invalid_request"),
        ({"nonce": "n\x00"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_what_is_asked_wrongly_is_told_to_the_application(
    browser: Client, relying: RelyingParty, changed: dict[str, str | None], error: str
) -> None:
    told = came_back(browser.get(relying.request(**changed)))
    assert told["error"] == error
    assert told["state"] == relying.state
    assert told["iss"] == settings.ORIGIN
    assert "code" not in told


def test_who_answers_is_said_with_a_code_and_with_an_error(browser: Client, relying: RelyingParty) -> None:
    """Against a mix-up (RFC 9207): two providers, one of them bad, and one address to come back to."""
    assert came_back(browser.get(relying.request()))["iss"] == settings.ORIGIN
    assert came_back(browser.get(relying.request(scope="profile")))["iss"] == settings.ORIGIN


def test_claims_are_given_by_scope_and_not_otherwise(browser: Client, relying: RelyingParty) -> None:
    assert "code" in came_back(browser.get(relying.request(claims='{"userinfo": {"email": null}}')))
    assert "code" in came_back(browser.get(relying.request(claims="{")))


def test_an_address_with_a_query_of_its_own_keeps_it(browser: Client) -> None:
    back = "https://appli.example.fr/retour?par=ici"
    relying = RelyingParty(make_application(own=True, redirect_uris=back), redirect_uri=back)
    location = browser.get(relying.request()).headers["Location"]
    assert location.startswith(f"{back}&code=")
    assert "iss=" in location
