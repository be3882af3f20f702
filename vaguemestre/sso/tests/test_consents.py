"""An application of somebody else's asks first; the answer is remembered, and can be taken back."""

from typing import Any

import pytest
from django.test import Client

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.sso.models import Code, Consent
from vaguemestre.sso.testing import BACK, RelyingParty, came_back, make_application, userinfo


@pytest.fixture
def foreign(db: None) -> RelyingParty:
    return RelyingParty(make_application("Voisine"), scope="openid profile email")


def answer(client: Client, relying: RelyingParty, said: str, **changed: str | None) -> Any:
    return client.post(relying.request(**changed).replace("authorize", "consent"), {"reponse": said})


def test_it_says_what_will_be_read_and_gives_nothing_yet(
    browser: Client, foreign: RelyingParty, account: Account
) -> None:
    response = browser.get(foreign.request())
    assert response.status_code == 200
    for words in ("Voisine", "Votre nom et votre identifiant", "Votre adresse électronique", "appli.example.fr"):
        assert words in response.text
    assert f"Agathe Essai, {account.identifier}" in response.text
    assert account.address in response.text
    assert "Les établissements où vous travaillez" not in response.text
    assert not Code.objects.exists()


def test_allowed_once_it_is_not_asked_again(browser: Client, foreign: RelyingParty) -> None:
    assert "code" in came_back(answer(browser, foreign, "oui"))
    assert "code" in came_back(browser.get(foreign.request()))
    assert Entry.objects.filter(act="sso.consent-given").count() == 1


def test_more_is_asked_again(browser: Client, foreign: RelyingParty) -> None:
    answer(browser, foreign, "oui")
    assert browser.get(foreign.request(scope="openid profile email uai")).status_code == 200
    assert browser.get(foreign.request(prompt="consent")).status_code == 200
    assert "code" in came_back(browser.get(foreign.request(scope="openid email")))


@pytest.mark.parametrize("said", ["non", "", "OUI", "1"])
def test_refused(browser: Client, foreign: RelyingParty, said: str) -> None:
    told = came_back(answer(browser, foreign, said))
    assert (told["error"], told["state"]) == ("access_denied", foreign.state)
    assert not Consent.objects.exists()


def test_without_a_page_it_is_said_that_one_is_needed(browser: Client, foreign: RelyingParty) -> None:
    assert came_back(browser.get(foreign.request(prompt="none")))["error"] == "consent_required"
    answer(browser, foreign, "oui")
    assert "code" in came_back(browser.get(foreign.request(prompt="none")))


def test_the_authority_s_own_asks_nothing(browser: Client, relying: RelyingParty) -> None:
    assert "code" in came_back(browser.get(relying.request()))
    assert "code" in came_back(browser.get(relying.request(prompt="consent")))


def test_one_person_s_answer_is_not_another_s(browser: Client, foreign: RelyingParty) -> None:
    answer(browser, foreign, "oui")
    other = Client()
    sign_in(other, make_account("Karim", "Belkacem"))
    assert other.get(foreign.request()).status_code == 200


def test_nobody_presses_the_button_in_a_frame(browser: Client, foreign: RelyingParty) -> None:
    response = browser.get(foreign.request())
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_nor_from_another_page(account: Account, foreign: RelyingParty) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, account)
    assert answer(client, foreign, "oui").status_code == 403
    assert not Consent.objects.exists()


def test_the_answer_is_judged_as_the_question_was(browser: Client, foreign: RelyingParty) -> None:
    """What comes with the answer is an address that anybody can write."""
    assert answer(browser, foreign, "oui", redirect_uri="https://mal.example/").status_code == 400
    assert came_back(answer(browser, foreign, "oui", code_challenge_method="plain"))["error"] == "invalid_request"
    assert came_back(answer(browser, foreign, "oui", scope="profile"))["error"] == "invalid_scope"
    assert not Consent.objects.exists()


def test_a_stranger_cannot_answer(client: Client, foreign: RelyingParty) -> None:
    assert answer(client, foreign, "oui").headers["Location"].startswith("/session/")
    assert not Consent.objects.exists()


def test_a_name_is_text(browser: Client) -> None:
    relying = RelyingParty(make_application("<script>alert(1)</script>", summary="<b>gras</b>"))
    response = browser.get(relying.request())
    assert "<script>alert" not in response.text
    assert "<b>gras" not in response.text


def test_after_a_form_a_page_goes_on_by_itself(browser: Client, foreign: RelyingParty) -> None:
    """A redirect to another site would be held up by the form's own policy."""
    response: Any = browser.post(
        foreign.request().replace("authorize", "consent"), {"reponse": "oui"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert response.status_code == 200
    assert f'<meta http-equiv="refresh" content="0; url={BACK}?code=' in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_taken_back(browser: Client, foreign: RelyingParty, account: Account, outside: Client) -> None:
    code = came_back(answer(browser, foreign, "oui"))["code"]
    given: Any = foreign.redeem(outside, code)
    waiting = foreign.code(browser)
    consent = Consent.objects.get()
    page = browser.get("/mon-compte/applications/")
    assert "Voisine" in page.text
    assert "Votre nom et votre identifiant" in page.text
    assert browser.post(f"/mon-compte/applications/{consent.pk}/retrait/").status_code == 302
    assert userinfo(outside, given.json()["access_token"]).status_code == 401
    assert foreign.refresh(outside, given.json()["refresh_token"]).status_code == 400
    assert foreign.redeem(outside, waiting).status_code == 400
    assert browser.get(foreign.request()).status_code == 200  # asked again
    assert "Voisine" not in browser.get("/mon-compte/applications/").text
    assert Entry.objects.filter(act="sso.consent-withdrawn", subject=account.key).count() == 1


def test_by_its_own_person_alone(browser: Client, foreign: RelyingParty) -> None:
    answer(browser, foreign, "oui")
    consent = Consent.objects.get()
    other = Client()
    sign_in(other, make_account("Karim", "Belkacem"))
    assert other.post(f"/mon-compte/applications/{consent.pk}/retrait/").status_code == 404
    assert other.post(f"/mon-compte/applications/{consent.pk + 1}/retrait/").status_code == 404
    assert Consent.objects.exists()
