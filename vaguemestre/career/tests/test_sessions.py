"""I-Prof's session and the portal's are two: neither opens what is the other's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions import page_owner, sessions as portal_sessions
from vaguemestre.accounts.testing import sign_in
from vaguemestre.career.models import CareerSession
from vaguemestre.career.signin import sessions
from vaguemestre.career.testing.offices import Enter, Issuer, Office

PAGES = ("dossier", "cv", "guides", "threads", "new-thread", "correspondent")


@pytest.mark.parametrize("page", PAGES)
def test_the_portal_s_session_opens_no_page_of_i_prof(office: Office, page: str) -> None:
    browser = Client()
    sign_in(browser, office.teacher)
    answer = browser.get(reverse(f"career:{page}"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("career:signin"))


def test_i_prof_s_session_opens_nothing_of_the_portal(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    assert browser.get(reverse("portal:home")).status_code == 302
    token = browser.cookies[sessions.COOKIE].value
    browser.cookies[portal_sessions.COOKIE] = token
    assert browser.get(reverse("portal:home")).status_code == 302
    stranger = Client()
    stranger.cookies[sessions.COOKIE] = sign_in(Client(), office.teacher)
    assert stranger.get(reverse("career:dossier")).status_code == 302


def test_with_two_people_in_one_browser_i_prof_shows_its_own(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    sign_in(browser, office.somme)
    page = browser.get(reverse("career:dossier")).content.decode()
    assert "Mathilde Lefèvre" in page
    assert "Rémi Picard" not in page
    assert page_owner.owner_mark(office.somme) not in page  # the portal's mark of its own page


@pytest.mark.parametrize(
    "change",
    [
        {"last_used_at": timezone.now() - timedelta(hours=2)},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"token_hash": "0" * 64},
    ],
    ids=str,
)
def test_a_session_that_is_over_opens_nothing(office: Office, enter: Enter, change: dict[str, object]) -> None:
    browser = enter(office.teacher)
    CareerSession.objects.update(**change)
    assert browser.get(reverse("career:dossier")).status_code == 302


@pytest.mark.parametrize("change", [{"locked_at": timezone.now()}, {"closes_on": timezone.localdate()}], ids=str)
def test_a_shut_account_opens_nothing_from_the_next_page_on(
    office: Office, enter: Enter, change: dict[str, object]
) -> None:
    browser = enter(office.teacher)
    Account.objects.filter(pk=office.teacher.pk).update(**change)
    assert browser.get(reverse("career:dossier")).status_code == 302


def test_a_page_says_that_it_ends_soon_and_whoever_answers_stays(office: Office, enter: Enter) -> None:
    browser, url = enter(office.teacher), reverse("career:staying")
    page = {"HX-Request": "true", "HX-Request-Type": "partial"}
    assert f'hx-get="{url}"' in browser.get(reverse("career:dossier")).content.decode()
    used_at = timezone.now() - timedelta(minutes=58)
    CareerSession.objects.update(last_used_at=used_at)
    said = browser.get(url, headers={**page, portal_sessions.BACKGROUND: "1"}).content.decode()
    assert 'role="alertdialog"' in said
    assert f'action="{reverse("career:signout")}"' in said
    assert CareerSession.objects.get().last_used_at == used_at
    assert "dialog" not in browser.post(url, headers=page).content.decode()
    assert CareerSession.objects.get().last_used_at > used_at


def test_the_end_that_cannot_be_put_off_promises_nothing_that_i_prof_s_pages_do_not_do(
    office: Office, enter: Enter
) -> None:
    browser = enter(office.teacher)
    CareerSession.objects.update(expires_at=timezone.now() + timedelta(minutes=2))
    page = {"HX-Request": "true", "HX-Request-Type": "partial", portal_sessions.BACKGROUND: "1"}
    said = browser.get(reverse("career:staying"), headers=page).content.decode()
    assert "Enregistrez ce que vous écrivez, puis connectez-vous de nouveau." in said
    assert "par-dessus" not in said


def test_once_it_is_over_its_page_says_so_to_whoever_answers_too_late(office: Office, enter: Enter) -> None:
    browser, url = enter(office.teacher), reverse("career:staying")
    CareerSession.objects.update(last_used_at=timezone.now() - timedelta(hours=2))
    at = "https://x/iprof/courrier/?page=2"
    page = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": at}
    asked = browser.get(f"{url}?dit=1", headers={**page, portal_sessions.BACKGROUND: "1"})
    for over in (asked, browser.post(url, headers=page)):
        said = over.content.decode()
        assert (over.status_code, "HX-Trigger" in over.headers) == (200, False)  # the page stays, with what is typed
        assert "Votre session est terminée" in said
        assert f'href="{reverse("career:signin")}?next=%2Fiprof%2Fcourrier%2F%3Fpage%3D2"' in said
        assert 'hx-trigger="asks' not in said


def test_the_token_is_kept_nowhere(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    assert browser.cookies[sessions.COOKIE].value not in CareerSession.objects.values_list("token_hash", flat=True)


def test_out_here_then_at_the_provider(office: Office, enter: Enter, issuer: Issuer) -> None:
    browser = enter(office.teacher)
    answer = browser.post(reverse("career:signout"))
    assert answer.headers["Location"].startswith(
        f"{issuer.url}/logout?id_token_hint=&client_id=iprof&post_logout_redirect_uri="
    )
    assert answer.cookies[sessions.COOKIE].value == ""
    assert not CareerSession.objects.exists()
    assert browser.get(reverse("career:signout")).status_code == 405


def test_an_htmx_request_leaves_the_page_whole(office: Office) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "https://x/iprof/courrier/"}
    answer = Client().get(reverse("career:dossier"), headers=headers)
    assert answer.headers["HX-Redirect"] == "/iprof/connexion/?next=%2Fiprof%2Fcourrier%2F"


def test_a_page_of_i_prof_hears_that_its_session_has_ended(office: Office, enter: Enter) -> None:
    whose = page_owner.owner_mark(office.teacher)
    page = enter(office.teacher).get(reverse("career:dossier")).content.decode()
    assert f'data-renew="{reverse("accounts:listening")}" data-whose="{whose}"' in page
    assert 'hx-trigger="asks, session-doubt from:body"' in page


def test_signed_in_again_in_another_window_the_page_goes_on_for_its_owner_alone(office: Office, enter: Enter) -> None:
    url = f"{reverse('career:staying')}?retour=1"
    asks = {"HX-Request": "true", "HX-Request-Type": "partial", "X-Whose": page_owner.owner_mark(office.teacher)}
    back = enter(office.teacher).get(url, headers=asks).content.decode()
    assert 'data-word="' in back
    assert 'id="nouveau-mot" hx-swap-oob="innerHTML"' in back
    somebody_else = enter(office.somme).get(url, headers=asks).content.decode()
    assert "Votre session est terminée" in somebody_else
    assert "data-word" not in somebody_else


@pytest.mark.parametrize(("still_in", "said"), [(False, "messagerie et les applications"), (True, "restent ouverts")])
def test_leaving_i_prof_says_what_is_closed(office: Office, still_in: bool, said: str) -> None:
    browser = Client()
    if still_in:
        sign_in(browser, office.teacher)
    assert said in browser.get(reverse("career:left")).content.decode()
