"""Public pages in a browser, with and without scripts. The accessibility stories look at each."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from vaguemestre.mailbox.testing.chromium import CHROMIUM

ASSETS = Path(__file__).parent.parent / "build" / "assets" / "app.css"

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() or not ASSETS.exists(), reason="needs Chromium and the built assets"
)


@dataclass
class Seen:
    """What went wrong while pages were shown."""

    refused: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # The driver keeps an event loop in this thread: Django would take the clean-up of the database for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server: LiveServer, settings: LazySettings) -> str:
    """The files as built, under their plain names: collecting them is the installation's business."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return str(live_server)


def show(context: BrowserContext, address: str) -> tuple[Page, Seen]:
    page, seen = context.new_page(), Seen()
    page.on("pageerror", lambda error: seen.refused.append(str(error)))
    page.on("console", lambda said: seen.refused.append(said.text) if "Content Security" in said.text else None)
    page.goto(address)
    return page, seen


def test_without_a_script_the_pages_say_the_same(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    page, _ = show(context, f"{site}/session/")
    assert page.get_by_role("button", name="Valider").is_visible()
    assert page.get_by_role("link", name="Voir ce qui fonctionne").is_visible()
    assert page.get_by_role("button", name="Afficher").count() == 0
    context.close()


def test_without_a_script_one_signs_in_with_a_code_more_and_asks_for_one(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="fr-FR", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page, _ = show(context, f"{site}/session/preuve/")
    for label, typed in (("Identifiant", "nobody"), ("Mot de passe ou code OTP", "faux"), ("Code", "2222-2222-2222")):
        page.get_by_label(label, exact=True).first.fill(typed)
    page.get_by_role("button", name="Valider").click()
    assert page.get_by_text("Cela n’ouvre pas.").is_visible()
    assert page.get_by_label("Code", exact=True).input_value() == ""
    page.get_by_text("Vous n’avez pas de code").click()
    page.get_by_label("Les cinq chiffres de l’image").fill("00000")
    page.get_by_role("button", name="Recevoir un code").click()
    assert page.get_by_text("Ces chiffres ne correspondent pas").is_visible()
    context.close()


def test_with_the_script_the_password_can_be_shown_and_the_state_is_fetched(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page, seen = show(context, f"{site}/session/")
    secret = page.locator(".peek input")
    secret.fill("Trois merles")
    page.get_by_role("button", name="Afficher").click()
    assert page.get_by_role("button", name="Masquer").get_attribute("aria-pressed") == "true"
    assert secret.get_attribute("type") == "text"
    page.get_by_role("link", name="Voir le détail").wait_for()
    assert seen.refused == []
    context.close()


def test_from_the_keyboard_the_first_stop_leads_to_the_content(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page, _ = show(context, f"{site}/bv/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    context.close()


def test_the_shapes_of_the_sprite_are_drawn(browser: Browser, site: str) -> None:
    """An address outside the page, under a policy that allows only our own: some browsers would draw nothing."""
    context = browser.new_context(locale="fr-FR")
    page, _ = show(context, f"{site}/bv/logiciels/")
    box = page.evaluate("document.querySelector('svg.logo use').getBBox().width")
    assert box > 10
    context.close()
