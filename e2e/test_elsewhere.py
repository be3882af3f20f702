"""Applications on another origin, written by others: opened by the session one has, closed with it wherever it ends."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.elsewhere import Elsewhere, application
from e2e.post import in_the_end
from e2e.visitor import Visitor
from vaguemestre.launcher.processes.product_commands import talk
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
OWN = "aweiss"  # a teacher of the Somme whom no other story knows


@pytest.fixture
def elsewhere(demo: Demo, tmp_path: Path) -> Iterator[Elsewhere]:
    with application(demo, tmp_path) as there:
        yield there


def arrive(new_visitor: NewVisitor, there: Elsewhere, path: str, account: dict[str, str] | None = None) -> Visitor:
    """A person at the application's door, who has not signed in anywhere, and does as they are asked."""
    visitor = new_visitor()
    visitor.forgiven.append(re.compile(re.escape(f"another host: {there.url}")))
    visitor.page.goto(f"{there.url}{path}")
    visitor.sign_in(account or visitor.demo.account("teacher"))
    allow_if_asked(visitor, there)
    expect(visitor.page).to_have_url(f"{there.url}/")
    return visitor


def open_too(visitor: Visitor, there: Elsewhere, path: str) -> None:
    """The other way in: nothing is typed any more."""
    visitor.page.goto(f"{there.url}{path}")
    allow_if_asked(visitor, there)
    expect(visitor.page).to_have_url(f"{there.url}/")


def allow_if_asked(visitor: Visitor, there: Elsewhere) -> None:
    """It is somebody else's: the first time, the person is asked whether it may read their name."""
    asks = visitor.page.get_by_role("button", name="Autoriser et continuer")
    expect(asks.or_(visitor.page.locator("#qui"))).to_be_visible()
    if asks.is_visible():
        asks.click()


def test_one_sign_in_opens_both_and_one_sign_out_ends_both(
    new_visitor: NewVisitor, demo: Demo, elsewhere: Elsewhere
) -> None:
    visitor = arrive(new_visitor, elsewhere, "/oidc/entrer")
    name = visitor.page.locator("#qui").inner_text()
    open_too(visitor, elsewhere, "/cas/entree")
    expect(visitor.page.locator("#qui")).to_have_text(name)
    visitor.go("/portail/")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(name.split()[-1])
    visitor.sign_out()
    in_the_end(lambda: elsewhere.signed_in() == 0, seconds=30, every=0.05)
    assert [line["ended"] for line in elsewhere.heard()] == [1, 1]
    expect(visitor.page.get_by_text("Fermé aussi")).to_contain_text("Application d’essai")
    visitor.axe()
    visitor.page.goto(f"{elsewhere.url}/")
    expect(visitor.page.locator("#qui")).to_have_text("personne")


@pytest.mark.parametrize(
    ("first", "last", "left_at"),
    [("/oidc/entrer", "/cas/entree", "/session/"), ("/cas/entree", "/oidc/entrer", "/$")],
    ids=["by CAS", "by OpenID"],
)
def test_the_application_s_own_button_ends_the_portal_and_what_was_opened_otherwise(
    new_visitor: NewVisitor, demo: Demo, elsewhere: Elsewhere, first: str, last: str, left_at: str
) -> None:
    """Its button speaks as the one that was opened last; the other is told behind the browser's back."""
    visitor = arrive(new_visitor, elsewhere, first)
    open_too(visitor, elsewhere, last)
    visitor.page.get_by_role("link", name="Quitter").click()
    expect(visitor.page).to_have_url(re.compile(left_at))
    in_the_end(lambda: elsewhere.signed_in() == 0, seconds=30, every=0.05)
    assert sorted(line["protocol"] for line in elsewhere.heard()) == ["cas", "oidc"]
    visitor.go("/portail/")
    expect(visitor.page).to_have_url(re.compile("/session/"))


def test_one_that_is_down_is_named_and_hears_when_it_is_back(
    new_visitor: NewVisitor, demo: Demo, elsewhere: Elsewhere
) -> None:
    visitor = arrive(new_visitor, elsewhere, "/oidc/entrer")
    open_too(visitor, elsewhere, "/cas/entree")
    visitor.forgiven.append(re.compile("ERR_CONNECTION|ERR_EMPTY_RESPONSE"))  # whatever its page still fetches
    elsewhere.stop()
    visitor.go("/portail/")
    visitor.sign_out()
    late = visitor.page.get_by_text("Nous n’avons pas encore pu fermer")
    expect(late).to_contain_text("Application d’essai")
    visitor.axe()
    visitor.fits()
    assert elsewhere.signed_in() == 2
    elsewhere.start()
    in_the_end(lambda: elsewhere.signed_in() == 0, seconds=60, every=0.1)
    expect(late).to_have_count(0, timeout=30_000)
    expect(visitor.page.get_by_text("Fermé aussi")).to_be_visible()


def test_a_stolen_account_is_thrown_out_everywhere(new_visitor: NewVisitor, demo: Demo, elsewhere: Elsewhere) -> None:
    """By the help desk's one button. The account is this story's own: the shutdown leaves nothing of it."""
    victim = somebody(demo)
    thief = arrive(new_visitor, elsewhere, "/oidc/entrer", victim)
    open_too(thief, elsewhere, "/cas/entree")
    agent = new_visitor()
    agent.go("/assistance/")
    agent.sign_in(demo.account("help-desk"))
    page = agent.page
    page.get_by_label("Chercher une personne").fill(victim["identifier"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fiche")).to_be_visible()
    page.get_by_role("link", name="Compte volé").click()
    page.get_by_label("Comment l’avez-vous appris").fill("Appel du chef d’établissement")
    page.get_by_label(re.compile("Tapez l’identifiant")).fill(victim["identifier"])
    page.get_by_role("button", name="Tout fermer maintenant").click()
    in_the_end(lambda: elsewhere.signed_in() == 0, seconds=30, every=0.05)
    thief.page.goto(f"{elsewhere.url}/")
    expect(thief.page.locator("#qui")).to_have_text("personne")
    expect(page.get_by_role("heading", name="Tout est fermé")).to_be_visible()


def somebody(demo: Demo) -> dict[str, str]:
    """After the first sign-in, with a password of their own."""
    account = {"identifier": OWN, "role": "teacher", "password": "Trois-Loutres-Grises-1847"}
    talk(demo.data, ["seeds", "signins"], json.dumps([account]))
    return account


def test_the_pages_of_cas_read_well(new_visitor: NewVisitor, demo: Demo, elsewhere: Elsewhere) -> None:
    """Refused, asked first, asked before leaving, gone: by day and by night, wide and narrow."""
    visitor = new_visitor()
    page = visitor.page
    with visitor.forgiving("403"):
        visitor.go("/cas/login?service=https://mal.example/entree")
        looked_at(visitor)
    service = quote(f"{elsewhere.url}/cas/entree")
    visitor.go(f"/cas/login?service={service}&warn=true")
    visitor.sign_in(demo.account("teacher"))
    expect(page.get_by_role("button", name="Continuer")).to_be_visible()
    looked_at(visitor)
    visitor.go("/cas/logout")
    looked_at(visitor)
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("Votre session est fermée.")).to_be_visible()
    looked_at(visitor)


def looked_at(visitor: Visitor) -> None:
    for light, width in (("light", 1360), ("dark", 360)):
        visitor.page.emulate_media(color_scheme=light)  # type: ignore[arg-type]  # one of the two
        visitor.page.set_viewport_size({"width": width, "height": 850})
        visitor.fits()
        visitor.axe()
