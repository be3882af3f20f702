"""A second factor by choice, from the first code to the day it goes; passkeys by Chromium's own virtual device."""

import imaplib
import re
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

import pyotp
import pytest
from playwright.sync_api import CDPSession, Page, expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = [pytest.mark.browser, pytest.mark.smoke]


@dataclass
class Device:
    """A computer that knows its owner's finger. `touch` changes whether the finger is the right one."""

    page: Page
    session: CDPSession = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.name = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def recognises(self, right: bool) -> None:
        told = {"authenticatorId": self.name, "isUserVerified": right}
        self.session.send("WebAuthn.setUserVerified", told)

    def keys(self) -> list[dict[str, Any]]:
        held = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.name})
        return list(held["credentials"])


@pytest.fixture
def teacher(new_visitor: NewVisitor, demo: Demo) -> Visitor:
    """On the page My account."""
    visitor = new_visitor()
    visitor.go("/mon-compte/")
    visitor.sign_in(demo.account("teacher"))
    visitor.page.wait_for_url("**/mon-compte/")
    return visitor


def line(page: Page, words: str) -> Any:
    return page.locator("#connexion li").filter(has_text=words)


def type_password(visitor: Visitor, account: dict[str, str]) -> None:
    visitor.page.get_by_label("Identifiant").fill(account["identifier"])
    visitor.page.locator("input[name=secret]").fill(account["password"])
    visitor.page.get_by_role("button", name="Valider").click()


def sign_out(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Se déconnecter").click()
    visitor.page.wait_for_url("**/session/**")


def withdraw(page: Page, words: str, button: str) -> None:
    line(page, words).get_by_role("link", name=re.compile(button)).click()
    page.locator("main").get_by_role("button", name="Retirer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("C’est retiré")


def test_a_passkey_is_added_used_after_the_password_and_alone_then_withdrawn(teacher: Visitor, demo: Demo) -> None:
    page, account, device = teacher.page, demo.account("teacher"), Device(teacher.page)
    line(page, "Votre empreinte").get_by_role("link", name=re.compile("Ajouter")).click()
    _is_sound(teacher)
    page.get_by_label("Son nom dans votre liste").fill("Ordinateur de la salle des maîtres")
    page.get_by_role("button", name="Ajouter cet appareil").click()
    page.wait_for_url("**/codes/?premier=1")
    [key] = device.keys()
    assert key["isResidentCredential"]
    page.get_by_role("button", name="Faire la liste").click()
    _is_sound(teacher)
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    sign_out(teacher)

    teacher.go("/mon-compte/")
    type_password(teacher, account)
    page.get_by_role("button", name=re.compile("clé d’accès")).click()
    page.wait_for_url("**/mon-compte/")
    expect(line(page, "salle des maîtres")).to_contain_text("Dernière utilisation")
    sign_out(teacher)

    teacher.go("/mon-compte/")
    device.recognises(False)  # somebody else's finger: the key alone opens nothing
    page.get_by_role("button", name=re.compile("clé d’accès")).click()
    expect(page.locator("[data-said=refused]")).to_be_visible()
    device.recognises(True)
    page.get_by_role("button", name=re.compile("clé d’accès")).click()
    page.wait_for_url("**/mon-compte/")
    sign_out(teacher)

    teacher.go("/mon-compte/")  # the day the computer is broken
    type_password(teacher, account)
    page.locator("input[name=code]").fill(codes[3].upper())
    page.get_by_role("button", name="Valider").click()
    page.wait_for_url("**/mon-compte/")
    expect(line(page, "Codes de secours")).to_contain_text("Il en reste 9 sur 10")
    withdraw(page, "salle des maîtres", "Retirer")
    expect(line(page, "Codes de secours")).to_have_count(0)


def test_a_telephone_gives_codes_and_programs_get_passwords_of_their_own(teacher: Visitor, demo: Demo) -> None:
    page, account = teacher.page, demo.account("teacher")
    line(page, "Application sur votre téléphone").get_by_role("link", name=re.compile("Ajouter")).click()
    _is_sound(teacher)
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Le code que l’application affiche").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Ajouter ce téléphone").click()
    page.get_by_role("link", name="Plus tard").click()
    with pytest.raises(imaplib.IMAP4.error, match="mot de passe d'application"):
        _imap(demo, account["address"], account["password"])

    page.get_by_role("link", name="Créer un mot de passe d’application").click()
    _is_sound(teacher)
    page.get_by_label("Pour quel logiciel").fill("Thunderbird, bureau")
    page.get_by_role("button", name="Créer le mot de passe").click()
    _is_sound(teacher)
    clear = page.locator(".app-password").inner_text().strip()
    connection = _imap(demo, account["address"], clear)
    page.get_by_role("link", name=re.compile("revenir à Mon compte")).click()
    row = page.get_by_role("row", name=re.compile("^Thunderbird, bureau"))  # the list of connections names it too
    for _reading in range(50):
        if "IMAP" in row.inner_text():
            break
        page.reload()
    expect(row).to_contain_text(re.compile(r"il y a \d+ secondes?, IMAP, cet ordinateur même"))
    row.get_by_role("button", name=re.compile("Retirer")).click()
    expect(page.get_by_role("status")).to_contain_text("Le mot de passe d’application est retiré")
    _wait_until_ended(connection)
    withdraw(page, "Application sur votre téléphone", "Remplacer ou retirer")
    _imap(demo, account["address"], account["password"]).logout()


def _is_sound(visitor: Visitor) -> None:
    visitor.axe()
    visitor.page.set_viewport_size({"width": 320, "height": 800})
    visitor.fits()
    visitor.page.set_viewport_size({"width": 1360, "height": 850})


def _wait_until_ended(connection: imaplib.IMAP4_SSL) -> None:
    """Dovecot signals the process and answers; the program sees the end a moment later."""
    deadline = time.monotonic() + 10
    try:
        while time.monotonic() < deadline:
            connection.noop()
            time.sleep(0.02)
    except (imaplib.IMAP4.abort, OSError):
        return
    raise AssertionError("the connection goes on")


def _imap(demo: Demo, name: str, password: str) -> imaplib.IMAP4_SSL:
    context = ssl.create_default_context(cafile=str(demo.ca))
    address = demo.endpoints["imaps"]
    connection = imaplib.IMAP4_SSL(address["host"], address["port"], ssl_context=context)
    connection.login(name, password)
    return connection
