"""Pages that stayed open while their person signed in again in another tab: an old word does nothing, loses nothing."""

import re
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from vaguemestre.accounts.models import Account, KeptForm
from vaguemestre.accounts.sessions import csrf_history, page_owner, saved_forms, sessions
from vaguemestre.accounts.testing import PASSWORD, make_account

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
SHEET = f"/webmail/ecrire/{'a' * 32}/envoi/"
TEXT = "Une heure de travail.\nÀ ne pas perdre."
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "https://testserver/iprof/"}
HERE = {"Origin": "http://testserver", "Referer": "http://testserver/webmail/"}


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


@pytest.fixture
def browser(account: Account) -> Client:
    """It minds the word, as a real one is made to."""
    browser = Client(enforce_csrf_checks=True)
    enter(browser)
    return browser


def word_of(page: "Response") -> str:
    word = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.content.decode())
    assert word
    return word[1]


def enter(browser: Client, name: str = "aessai") -> None:
    """By the page, in a tab of its own."""
    cookies = browser.cookies.pop(sessions.COOKIE, None)
    word = word_of(browser.get("/session/"))
    if cookies:
        browser.cookies[sessions.COOKIE] = cookies.value
    sent = {"identifiant": name, "secret": PASSWORD, "csrfmiddlewaretoken": word}
    assert browser.post("/session/", sent, headers=HERE).status_code == 302


def late(browser: Client, path: str = SHEET, **sent: object) -> "Response":
    """A form of a page that was open when its person signed in again."""
    word = word_of(browser.get("/portail/"))
    enter(browser)
    return browser.post(path, sent | {"csrfmiddlewaretoken": word}, headers=HERE)


def test_what_a_form_held_is_offered_again_with_the_new_word(browser: Client) -> None:
    sent = late(browser, texte=TEXT, a=["x@y.example", "z@y.example"], fichier=SimpleUploadedFile("plan.pdf", b"%PDF"))
    assert sent.status_code == 302
    answer = browser.get(sent.headers["Location"])
    page = answer.content.decode()
    assert "Vous vous êtes connecté de nouveau dans un autre onglet" in page
    assert f'action="{SHEET}"' in page
    assert "Une heure de travail." in page
    assert page.count('name="a"') == 2
    assert "plan.pdf" in page
    assert 'href="/webmail/"' in page
    again = {"identifiant": "x", "csrfmiddlewaretoken": word_of(answer)}
    assert browser.post("/session/fin/", again, headers=HERE).status_code == 302  # its word is right


def test_a_mere_press_is_offered_too(browser: Client) -> None:
    sent = late(browser, "/session/fin/")
    assert 'action="/session/fin/"' in browser.get(sent.headers["Location"]).content.decode()


def test_four_sign_ins_later_it_is_still_known(browser: Client) -> None:
    word = word_of(browser.get("/portail/"))
    for _ in range(csrf_history.MOST):
        enter(browser)
    sent = {"texte": TEXT, "csrfmiddlewaretoken": word}
    assert browser.post(SHEET, sent, headers=HERE).status_code == 302
    enter(browser)
    assert browser.post(SHEET, sent, headers=HERE).status_code == 403


def test_an_open_part_of_a_page_that_says_nothing_of_its_person_takes_the_new_word(browser: Client) -> None:
    """As those of I-Prof."""
    word = word_of(browser.get("/portail/"))
    enter(browser)
    answer = browser.post("/iprof/delai/", {"csrfmiddlewaretoken": word}, headers=HERE | HTMX)
    assert answer.status_code == 403
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#nouveau-mot", "innerHTML")
    new = re.search(r'data-word="([^"]+)"', answer.content.decode())
    assert new
    assert "<html" not in answer.content.decode()
    assert browser.post("/session/fin/", {"csrfmiddlewaretoken": new[1]}, headers=HERE).status_code == 302


def test_a_page_that_knew_nothing_of_it_says_so(browser: Client, account: Account) -> None:
    whose = HTMX | {"X-Whose": page_owner.owner_mark(account)}
    refused = browser.post(SHEET, {"csrfmiddlewaretoken": "x" * 64}, headers=whose)
    assert refused.headers["HX-Trigger"] == "session-ended"
    page = browser.get("/session/ici/", headers=whose).content.decode()
    assert "data-word=" in page
    assert "dans un autre onglet" in page


def test_nobody_else_gets_it(browser: Client) -> None:
    """Somebody else has signed in meanwhile: the page was the first one's."""
    make_account("Luc", "Autre")
    word = word_of(browser.get("/portail/"))
    enter(browser, "lautre")
    answer = browser.post(SHEET, {"texte": TEXT, "csrfmiddlewaretoken": word}, headers=HERE)
    assert answer.status_code == 403
    assert "La connexion a changé dans un autre onglet" in answer.content.decode()
    assert "copiez" not in answer.content.decode()
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("word", ["", "x" * 64, "x" * 32, "é" * 64, "<" * 64])
def test_a_word_that_was_never_ours_leaves_nothing(browser: Client, word: str) -> None:
    enter(browser)
    answer = browser.post(SHEET, {"texte": TEXT, "csrfmiddlewaretoken": word}, headers=HERE)
    assert answer.status_code == 403
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "https://trap.example"},
        {"Origin": "http://ent.testserver"},  # a neighbour, with which cookies that are `Lax` come
        {"Origin": "null"},
        {"Referer": "http://ent.testserver/"},
        {"Referer": "http://testserver/webmail/"},  # not said by what a page cannot leave out
        HERE | {"Sec-Fetch-Site": "same-site"},
        HERE | {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("kind", [{}, HTMX])
def test_nor_does_what_another_site_sends(browser: Client, said: dict[str, str], kind: dict[str, str]) -> None:
    word = word_of(browser.get("/portail/"))
    enter(browser)
    answer = browser.post(SHEET, {"texte": TEXT, "csrfmiddlewaretoken": word}, headers=kind | said)
    assert answer.status_code == 403
    assert "data-word" not in answer.content.decode()
    assert not KeptForm.objects.exists()


def test_a_trusted_neighbour_is_another_site_too(browser: Client, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["http://ent.testserver"]
    word = word_of(browser.get("/portail/"))
    enter(browser)
    said = {"Origin": "http://ent.testserver"}
    assert browser.post(SHEET, {"texte": TEXT, "csrfmiddlewaretoken": word}, headers=said).status_code == 403
    assert not KeptForm.objects.exists()


def test_a_script_is_refused_and_leaves_nothing(browser: Client) -> None:
    """It would take a redirection for success."""
    word = word_of(browser.get("/portail/"))
    enter(browser)
    piece = browser.post(SHEET, b"octets", "application/octet-stream", headers=HERE | {"X-CSRFToken": word})
    assert (piece.status_code, piece.content) == (403, b"")
    fetched = HERE | {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    assert browser.post(SHEET, {"texte": TEXT, "csrfmiddlewaretoken": word}, headers=fetched).status_code == 403
    assert not KeptForm.objects.exists()


def test_the_offer_says_all_that_will_be_sent(browser: Client) -> None:
    sent = late(browser, texte=TEXT, droit="administrateur", a="z@y.example", vide="")
    page = browser.get(sent.headers["Location"]).content.decode()
    assert "<dt>Page d’origine</dt><dd>/webmail/</dd>" in page
    assert f"<dt>Adresse d’envoi</dt><dd>{SHEET}</dd>" in page
    assert "<dt>droit</dt><dd>administrateur</dd>" in page
    assert "<dt>a</dt><dd>z@y.example</dd>" in page
    assert "<dt>vide</dt>" not in page
    assert "<dt>csrf" not in page


def test_once_sent_it_is_kept_no_longer(browser: Client) -> None:
    act = reverse("accounts:other-sessions-end")
    offered = browser.get(late(browser, act).headers["Location"])
    again = {"csrfmiddlewaretoken": word_of(offered), saved_forms.SENT_AGAIN: KeptForm.objects.get().key}
    assert browser.post(act, again, headers=HERE).status_code == 302
    assert not KeptForm.objects.exists()


def test_only_marks_are_written_back(browser: Client) -> None:
    browser.cookies[csrf_history.COOKIE] = f"{'a' * 32}.x; Path=/.{'é' * 32}.{'B' * 32}"
    enter(browser)
    marks = browser.cookies[csrf_history.COOKIE].value.split(".")
    assert all(re.fullmatch("[0-9a-f]{32}", mark) for mark in marks)
    assert len(marks) == 2


SECRETS: list[tuple[str, dict[str, object]]] = [
    ("accounts:confirmation", {"secret": PASSWORD, "next": "/mon-compte/"}),
    ("accounts:confirmation", {"secret": [PASSWORD, ""]}),  # the last of them alone is not all
    ("accounts:password", {"neuf": "Neuf-Secret-1234"}),
    ("webmail:redirection-code", {"code": "123456"}),
    ("webmail:redirection-code", {"preuve": "abc:def"}),
    ("webmail:filter-new", {"code": "123456", "nom": "x"}),
]


@pytest.mark.parametrize(("name", "sent"), SECRETS)
def test_a_secret_is_not_kept(browser: Client, name: str, sent: dict[str, object]) -> None:
    """The view has not said yet what is secret of what it is sent: it is known nevertheless. Nor is it to be copied."""
    answer = late(browser, reverse(name), **sent)
    assert answer.status_code == 403
    assert "copiez" not in answer.content.decode()
    assert not KeptForm.objects.exists()


def test_what_is_too_long_to_be_kept_is_to_be_copied(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_forms, "LONGEST", 10)
    assert "copiez-le" in late(browser, texte=TEXT).content.decode()
