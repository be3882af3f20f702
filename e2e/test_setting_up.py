"""A mail program set up from the page that helps: a password made in place, and the page says when it has come in."""

import imaplib
import ssl
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type NewVisitor = Callable[..., Visitor]
SCREENS = {"desktop": {"width": 1440, "height": 900}, "telephone": {"width": 390, "height": 844}}


def come_in(demo: Demo, account: dict[str, str], password: str, *, version: str) -> None:
    """As Thunderbird does: says who it is once it is signed in."""
    context, door = ssl.create_default_context(cafile=str(demo.ca)), demo.endpoints["imaps"]
    imaplib.Commands["ID"] = ("NONAUTH", "AUTH", "SELECTED")
    with imaplib.IMAP4_SSL(door["host"], door["port"], ssl_context=context) as box:
        box.login(account["address"], password)
        box.xatom("ID", f'("name" "Thunderbird" "version" "{version}")')
        box.noop()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_program_gets_its_password_and_is_seen_to_come_in(demo: Demo, new_visitor: NewVisitor, screen: str) -> None:
    account, name = demo.account("hr-officer"), f"Bureau {uuid.uuid4().hex[:6]}"
    visitor = new_visitor(viewport=SCREENS[screen])
    page = visitor.page
    visitor.go("/bv/logiciels/")
    visitor.axe()
    visitor.fits()
    page.get_by_role("link", name="Thunderbird Sur un ordinateur").click()
    page.get_by_role("main").get_by_role("link", name="Se connecter").click()
    visitor.sign_in(account)
    expect(page.get_by_role("heading", name="Thunderbird", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(account["address"])
    page.get_by_label("Son nom dans votre liste").fill(name)
    page.get_by_role("button", name="Créer le mot de passe").click()
    expect(page.get_by_role("heading", name="Le mot de passe de")).to_contain_text(name)
    visitor.axe()
    visitor.fits()
    password = page.locator(".app-password code").inner_text()
    version = uuid.uuid4().hex[:8]
    come_in(demo, account, password, version=version)
    live = page.locator("#en-direct")
    expect(live).to_contain_text("C’est connecté.")
    expect(live).to_contain_text(f"Thunderbird {version} – {name}")
    visitor.axe()
    visitor.go("/mon-compte/")
    page.get_by_role("button", name=f"Retirer {name}").click()
    expect(page.get_by_role("button", name=f"Retirer {name}")).to_have_count(0)
    with pytest.raises(imaplib.IMAP4.error):
        come_in(demo, account, password, version=version)


def test_each_program_has_what_it_needs(demo: Demo, new_visitor: NewVisitor, tmp_path: Path) -> None:
    visitor = new_visitor()
    visitor.go("/bv/logiciels/android/")
    visitor.page.get_by_role("main").get_by_role("link", name="Se connecter").click()
    visitor.sign_in(demo.account("school-head"))
    expect(visitor.page.locator(".scan svg")).to_be_visible()
    for name in ("android", "outlook", "apple", "autre"):
        visitor.go(f"/bv/logiciels/{name}/")
        visitor.axe()
        visitor.fits()
    visitor.go("/bv/logiciels/apple/")
    with visitor.page.expect_download() as told:
        visitor.page.get_by_role("link", name="Télécharger le profil").click()
    told.value.save_as(tmp_path / "profile")
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-purpose", "any", "-in", str(tmp_path / "profile")]
    read = subprocess.run([*command, "-CAfile", str(demo.ca)], check=True, capture_output=True).stdout
    assert demo.account("school-head")["address"].encode() in read
