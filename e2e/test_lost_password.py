"""A lost password found again: the form, the real post, the link; a second factor stays; help without an account."""

import csv
import email
import json
import os
import re
import subprocess
import sys
import time
import uuid
from datetime import date
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.post import in_the_end, left_for, words_of
from e2e.visitor import Visitor
from vaguemestre.launcher.data_folder import endpoints
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "hr-feed-1.csv"
PAGE = "/bv/mot-de-passe/"
# Of the feed, and of nobody whose password other stories need.
KARIM, AGENT = "Belkacem", "Quesnel"


def test_the_whole_way(new_visitor: NewVisitor, demo: Demo) -> None:
    account, rescue = demo.endpoints["accounts"][1], f"karim-{uuid.uuid4().hex[:6]}@maison.example"
    chosen = f"Quatre-nuages-7{uuid.uuid4().hex[:4]}-Baie"
    before = new_visitor()
    _give_rescue_contact(before, demo, account, rescue)

    visitor = new_visitor()
    page = visitor.page
    addresses: list[str] = []
    visitor.context.on("request", lambda request: addresses.append(request.url))
    visitor.go("/session/")
    page.get_by_role("link", name="Vous avez perdu votre mot de passe").click()
    expect(page.get_by_role("heading", name="Retrouver votre accès")).to_be_visible()
    visitor.axe()
    numen = _fill(visitor, KARIM)
    first = page.locator("input[name=epreuve]").input_value()
    page.get_by_role("link", name="Changer").click()
    expect(page.locator("input[name=epreuve]")).not_to_have_value(first)
    expect(page.locator("input[name=numen]")).to_have_value(numen)
    read_digits(visitor, demo)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", name="C’est noté")).to_be_visible()
    visitor.axe()

    page.goto(_link(demo, rescue))
    expect(page).to_have_url(demo.web + PAGE + "nouveau/")
    expect(page.get_by_text(account["address"])).to_be_visible()
    visitor.axe()
    page.get_by_label("Nouveau mot de passe").fill("court")
    page.get_by_label("Le même, une seconde fois").fill("court")
    page.get_by_role("button", name="Enregistrer le nouveau mot de passe").click()
    expect(page.locator("main")).to_contain_text("12 caractères au moins")
    visitor.axe()
    page.get_by_label("Nouveau mot de passe").fill(chosen)
    page.get_by_label("Le même, une seconde fois").fill(chosen)
    page.get_by_role("button", name="Enregistrer le nouveau mot de passe").click()
    expect(page.get_by_role("heading", name="Votre mot de passe est changé")).to_be_visible()
    visitor.axe()
    _signs_in_with(demo, account, chosen)

    before.go("/mon-compte/")
    expect(before.page).to_have_url(re.compile("/session/"))
    page.get_by_role("link", name="Se connecter").click()
    visitor.sign_in(account)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Karim")
    in_the_end(lambda: "par le lien envoyé à votre contact de secours" in left_for(demo, rescue))
    assert not any(numen in address for address in addresses)
    assert sum("lien=" in address for address in addresses) == 1
    logs = "".join(file.read_text(errors="replace") for file in (demo.data / "log").rglob("*.log"))
    assert numen not in logs
    assert "lien=" not in logs

    stranger = new_visitor()
    with stranger.forgiving("410"):
        stranger.page.goto(_link(demo, rescue))
        expect(stranger.page.get_by_text("Ce lien a déjà servi ou a plus de 30 minutes.")).to_be_visible()
        stranger.axe()


def test_a_second_factor_is_still_asked_for(new_visitor: NewVisitor, demo: Demo) -> None:
    account, rescue = demo.account("help-desk"), f"thomas-{uuid.uuid4().hex[:6]}@maison.example"
    chosen = f"Cinq-marees-5{uuid.uuid4().hex[:4]}-Phare"
    _give_rescue_contact(new_visitor(), demo, account, rescue)
    visitor = new_visitor()
    page = visitor.page
    visitor.go(PAGE)
    _fill(visitor, AGENT)
    read_digits(visitor, demo)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", name="C’est noté")).to_be_visible()
    page.goto(_link(demo, rescue))
    expect(page.get_by_role("heading", name="Votre second facteur reste")).to_be_visible()
    page.get_by_label("Nouveau mot de passe").fill(chosen)
    page.get_by_label("Le même, une seconde fois").fill(chosen)
    page.get_by_role("button", name="Enregistrer le nouveau mot de passe").click()
    expect(page.get_by_role("heading", name="Votre mot de passe est changé")).to_be_visible()
    _signs_in_with(demo, account, chosen)
    page.get_by_role("link", name="Se connecter").click()
    visitor.sign_in(account, password=chosen)
    expect(page).to_have_url(re.compile("/session/second-facteur/"))
    page.get_by_label(re.compile("Code")).fill(pyotp.TOTP(account["totp"]).now())
    page.get_by_role("button", name="Valider").click()
    expect(page).not_to_have_url(re.compile("/session/"))


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_telephone_without_javascript(new_visitor: NewVisitor, demo: Demo, width: int) -> None:
    """Wrong digits twice; what was typed is kept, help opens, and a person is asked instead."""
    visitor = new_visitor(viewport={"width": width, "height": 740}, java_script_enabled=False)
    page = visitor.page
    visitor.go(PAGE)
    numen = _fill(visitor, KARIM)
    visitor.fits()
    for _turn in range(2):
        page.get_by_label("Les cinq chiffres de l’image").fill("11111")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_text("Ces chiffres ne correspondent pas. En voici d’autres.")).to_be_visible()
        assert numen not in page.content()
        visitor.fits()
    expect(page.get_by_text("Vous ne pouvez ni lire ni entendre ces chiffres")).to_be_visible()
    page.get_by_role("button", name="Demander sans les chiffres").click()
    expect(page.get_by_text("votre DSDEN reçoit votre demande à l’instant")).to_be_visible()
    visitor.fits()


def test_the_digits_are_heard_in_place(new_visitor: NewVisitor) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.go(PAGE)
    with page.expect_response(re.compile("/son/")) as heard:
        page.get_by_role("link", name="Écouter").click()
    assert heard.value.headers["content-type"] == "audio/wav"
    expect(page).to_have_url(re.compile(PAGE))
    expect(page.locator("[data-said=listen]")).to_be_hidden()


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 360, "height": 740}}, {"java_script_enabled": False}])
def test_i_cannot_sign_in(new_visitor: NewVisitor, options: dict[str, object]) -> None:
    """From the question to the phone number of one's own department."""
    visitor = new_visitor(**options)
    page = visitor.page
    visitor.go("/bv/")
    page.get_by_role("link", name="Je n’arrive pas à me connecter").click()
    page.get_by_role("link", name="Oise").click()
    page.get_by_role("link", name="Identifiant ou mot de passe incorrect").click()
    page.get_by_role("link", name="Le mot de passe provisoire de la lettre").click()
    page.get_by_role("link", name="Plus de 30 jours").click()
    expect(page.get_by_role("heading", name="n’est plus valable")).to_be_visible()
    expect(page.locator(".due")).to_contain_text("03 44 06 45 00")
    visitor.fits()
    page.get_by_role("link", name="C’est autre chose").click()
    page.get_by_role("link", name=re.compile("Rien encore")).click()
    today = date.today()
    for label, value in (("Jour", today.day), ("Mois", today.month), ("Année", today.year)):
        page.get_by_label(label).fill(str(value))
    page.get_by_role("button", name="Voir la date").click()
    expect(page.get_by_role("status").first).to_contain_text("Entre le")
    visitor.fits()


def _fill(visitor: Visitor, last_name: str) -> str:
    """NUMEN and date of birth, as the HR feed knows them."""
    with SEEDS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        person = next(row for row in csv.DictReader(lines, delimiter=";") if row["last_name"] == last_name)
    year, month, day = person["birth_date"].split("-")
    page = visitor.page
    page.get_by_label("NUMEN", exact=True).fill(person["numen"])
    for label, value in (("Jour", day), ("Mois", month), ("Année", year)):
        page.get_by_label(label).fill(value)
    return person["numen"]


def read_digits(visitor: Visitor, demo: Demo) -> None:
    """What somebody who sees the picture does."""
    token = visitor.page.locator("input[name=epreuve]").input_value()
    done = subprocess.run(
        # After `--`: one token in 64 begins with a hyphen, and would be read as an option.
        [sys.executable, "-m", "vaguemestre", "demo-digits", "--", token],
        env={**os.environ, "VAGUEMESTRE_DATA": str(demo.data), "VAGUEMESTRE_MODE": "demo"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    visitor.page.get_by_label("Les cinq chiffres de l’image").fill(done.stdout.strip())


def _give_rescue_contact(visitor: Visitor, demo: Demo, account: dict[str, str], address: str) -> None:
    page = visitor.page
    visitor.go("/mon-compte/contact-de-secours/")
    visitor.sign_in(account)
    page.get_by_label("Adresse personnelle").fill(address)
    page.get_by_role("button", name="Enregistrer").click()
    found = re.search(r"Code\s: (\d{3})\s(\d{3})", left_for(demo, address))
    assert found
    page.get_by_label("Code à six chiffres").fill(f"{found[1]} {found[2]}")
    page.get_by_role("button", name="Confirmer cette adresse").click()
    expect(page.get_by_text("Votre contact de secours est confirmé.")).to_be_visible()


def _signs_in_with(demo: Demo, account: dict[str, str], password: str) -> None:
    """The demo is shared, and may continue after this run: its own list says what is true."""
    account["password"] = password
    (demo.data / endpoints.FILE).write_text(json.dumps(demo.endpoints, indent=2, ensure_ascii=False))


def _link(demo: Demo, address: str) -> str:
    """The newest link that left for this address; mails about what happened afterwards hold none."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for file in sorted((demo.data / "sink").iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True):
            mail = email.message_from_bytes(file.read_bytes(), policy=default)
            found = address in str(mail["To"]) and re.search(r"https://\S+lien=\S+", words_of(mail))
            if found:
                assert urlsplit(found[0]).netloc == urlsplit(demo.web).netloc
                return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no link left for {address}")
