"""Folders that other programs made, whatever they are called."""

import base64
import imaplib
import ssl
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser


def test_a_folder_with_an_ampersand_quotes_and_a_satchel(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    account, subject = demo.account("help-desk"), f"Pour le cartable {uuid.uuid4().hex[:6]}"
    label = f'Élèves & "amis" 🎒 {uuid.uuid4().hex[:4]}'
    _made_elsewhere(demo, account, label)
    deliver(demo, to=account["address"], subject=subject)
    visitor, desk = at_the_desk("help-desk")
    desk.wait_for(subject)
    desk.open(subject)
    desk.move_to(label)
    expect(desk.row(subject)).to_have_count(0)
    desk.page.locator("#boites").get_by_role("link", name=label).click()
    expect(desk.row(subject)).to_be_visible()
    visitor.axe()
    assert "amis" not in desk.page.url


def test_a_folder_made_beside_an_open_message_leaves_it_open(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    """The column was not sent again with the message: its forms know all the same where one is."""
    account, word = demo.account("help-desk"), uuid.uuid4().hex[:6]
    for number in "12":
        deliver(demo, to=account["address"], subject=f"À côté {number} {word}")
    _visitor, desk = at_the_desk("help-desk")
    for number in "12":
        desk.wait_for(f"À côté {number} {word}")
    for number in "12":
        desk.open(f"À côté {number} {word}")
        desk.page.get_by_title("Nouveau dossier", exact=True).click()
        name = desk.page.locator("#nouveau-dossier")
        expect(name).to_be_focused()
        name.fill(f"Chemise {number} {word}")
        name.press("Enter")
        expect(desk.page.locator("#boites").get_by_role("link", name=f"Chemise {number} {word}")).to_be_visible()
        expect(desk.page.locator("#objet")).to_contain_text(f"À côté {number} {word}")


def _made_elsewhere(demo: Demo, account: dict[str, str], label: str) -> None:
    imaps, context = demo.endpoints["imaps"], ssl.create_default_context(cafile=str(demo.ca))
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        answer, said = box.create(_modified_utf7(label))  # as mbsync and filters do: without subscribing
        assert answer == "OK", said


def _modified_utf7(label: str) -> str:
    """As RFC 3501 wants it, quoted."""
    out, run = [], ""
    for char in [*label, ""]:
        if char and not " " <= char <= "~":
            run += char
            continue
        if run:
            packed = run.encode("utf-16-be")
            out.append("&" + _base64(packed) + "-")
            run = ""
        out.append("&-" if char == "&" else char)
    return '"' + "".join(out).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(packed: bytes) -> str:
    return base64.b64encode(packed).decode().rstrip("=").replace("/", ",")
