"""Text messages where an authority has a gateway: a number confirmed, a second step, a lost password found again.

A demo of its own: everywhere else none is configured, and no page speaks of them."""

import csv
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.test_lost_password import read_digits
from e2e.visitor import Visitor
from vaguemestre.courier.testing import Gateway
from vaguemestre.launcher.testing import Demo, running_demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a demo of its own
SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "hr-feed-1.csv"
PHONE, NUMBER = "06 12 34 56 42", "+33612345642"
MASKED = "06 •• •• •• 42"
PATIENCE = 30


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def demo(gateway: Gateway) -> Iterator[Demo]:
    """Its real tasks process speaks to the gateway."""
    with running_demo(more=f'\n[sms]\nurl = "{gateway.url}"\n') as started:
        yield started


def test_from_a_number_to_a_password_found_again(new_visitor: NewVisitor, demo: Demo, gateway: Gateway) -> None:
    account, visitor = demo.endpoints["accounts"][1], new_visitor()
    page = visitor.page
    visitor.go("/mon-compte/contact-de-secours/")
    visitor.sign_in(account)
    visitor.axe()
    page.get_by_label("Téléphone (facultatif)").fill(PHONE)
    page.get_by_role("button", name="Enregistrer").click()
    visitor.axe()
    page.get_by_label("Code à six chiffres").fill(_code(gateway, 1))
    page.get_by_role("button", name="Confirmer ce numéro").click()
    expect(page.locator("#secours")).to_contain_text(MASKED)
    visitor.axe()

    page.get_by_role("link", name="Ajouter les codes par SMS").click()
    visitor.axe()
    page.get_by_role("button", name="Recevoir les codes sur ce numéro").click()
    expect(page.get_by_role("heading", name="Encore une chose")).to_be_visible()

    _finds_the_password_again(new_visitor(viewport={"width": 390, "height": 740}), demo, account, gateway)
    logs = "".join(file.read_text(errors="replace") for file in (demo.data / "log").rglob("*.log"))
    assert not any(secret in logs for secret in (NUMBER, "12345642", PHONE, *_codes(gateway)))


def _finds_the_password_again(visitor: Visitor, demo: Demo, account: dict[str, str], gateway: Gateway) -> None:
    """On a phone; then the sign-in asks for the second step, whose code leaves by itself."""
    page, chosen = visitor.page, f"Quatre-nuages-7{uuid.uuid4().hex[:4]}-Baie"
    _ask(visitor, demo)
    page.get_by_text("J’ai reçu un code par SMS").click()
    visitor.axe()
    visitor.fits()
    page.get_by_label("Code reçu par SMS").fill("00000000")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Ce code n’ouvre pas.")).to_be_visible()
    visitor.axe()
    visitor.fits()
    page.get_by_label("Code reçu par SMS").fill(_code(gateway, 2))
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nouveau mot de passe").fill(chosen)
    page.get_by_label("Le même, une seconde fois").fill(chosen)
    page.get_by_role("button", name="Enregistrer le nouveau mot de passe").click()
    expect(page.get_by_role("heading", name="Votre mot de passe est changé")).to_be_visible()
    page.get_by_role("link", name="Se connecter").click()
    visitor.sign_in(account, password=chosen)
    expect(page.get_by_text(f"Les 6 chiffres envoyés au {MASKED}")).to_be_visible()
    visitor.axe()
    visitor.fits()
    page.get_by_label("Code reçu par SMS").fill(_code(gateway, 4))  # the third told of the new password
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Karim")


def _ask(visitor: Visitor, demo: Demo) -> None:
    page = visitor.page
    with SEEDS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        person = next(row for row in csv.DictReader(lines, delimiter=";") if row["last_name"] == "Belkacem")
    visitor.go("/bv/mot-de-passe/")
    page.get_by_label("NUMEN", exact=True).fill(person["numen"])
    for label, value in zip(("Année", "Mois", "Jour"), person["birth_date"].split("-"), strict=True):
        page.get_by_label(label).fill(value)
    read_digits(visitor, demo)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", name="C’est noté")).to_be_visible()


def _code(gateway: Gateway, count: int) -> str:
    """That of the message with this number, once it is there."""
    deadline = time.monotonic() + PATIENCE
    while len(gateway.texts) < count:
        assert time.monotonic() < deadline, gateway.texts
        time.sleep(0.05)
    to, text = gateway.texts[count - 1]
    found = re.search(r"code (\d{6,8})\b", text)
    assert found, text
    assert to == NUMBER
    return found[1]


def _codes(gateway: Gateway) -> list[str]:
    return re.findall(r"code (\d{6,8})\b", " ".join(text for _to, text in gateway.texts))
