"""What programs read first."""

from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import resolve

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.sso import purge, subject_identifiers
from vaguemestre.sso.models import ApplicationSession, Audience, Consent
from vaguemestre.sso.openid import own_applications
from vaguemestre.sso.testing import RelyingParty


def test_it_names_what_there_is(client: Client) -> None:
    response: Any = client.get("/.well-known/openid-configuration")
    told = response.json()
    assert told["issuer"] == settings.ORIGIN
    for name, address in told.items():
        if name.endswith(("_endpoint", "_uri")):
            assert resolve(address.removeprefix(settings.ORIGIN))
    assert told["response_types_supported"] == ["code"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["id_token_signing_alg_values_supported"] == ["RS256"]
    assert "none" not in told["id_token_signing_alg_values_supported"]
    assert told["authorization_response_iss_parameter_supported"] is True


def test_the_same_for_everybody(client: Client, account: Account) -> None:
    before: Any = client.get("/.well-known/openid-configuration")
    sign_in(client, account)
    after: Any = client.get("/.well-known/openid-configuration")
    assert before.json() == after.json()
    assert after.headers["Cache-Control"] == "public, max-age=900"


def test_iprof_is_an_application_of_the_authority_s_own(db: None) -> None:
    application = own_applications.keep_own()
    again = own_applications.keep_own()
    assert application.pk == again.pk
    assert again.own
    assert again.redirect_uris == f"{settings.ORIGIN}/iprof/retour/"
    assert Audience.objects.filter(application=again).count() == 1
    assert not again.client_secret.endswith(own_applications.own_secret("iprof"))


def test_an_application_to_try_with(browser: Client) -> None:
    application, secret = own_applications.keep_trial("https://127.0.0.1:9/retour")
    relying = RelyingParty(application, secret=secret, redirect_uri="https://127.0.0.1:9/retour")
    assert browser.get(relying.request()).status_code == 200  # it is not the authority's: it asks
    assert own_applications.keep_trial("https://127.0.0.1:10/retour")[1] != secret


def test_what_goes_with_an_account(browser: Client, relying: RelyingParty, account: Account) -> None:
    relying.tokens(browser)
    subject = subject_identifiers.subject_of(account)
    purge.forget_account(account.key, account.created_at)
    assert not ApplicationSession.objects.exists()
    assert not Consent.objects.exists()
    assert subject_identifiers.subject_of(account) == subject
