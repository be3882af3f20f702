"""Folders that other programs made, whatever they are called."""

import base64
import imaplib
import ssl
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
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


# What of the current line one sees: the point in its middle is its own, inside the column that scrolls.
SEEN = """line => { const {left, top, width, height} = line.getBoundingClientRect();
  return line.contains(document.elementFromPoint(left + width / 2, top + height / 2)) }"""
ROOMS = """row => new Set([...row.children].map((one) => one.getBoundingClientRect().top)).size"""


@pytest.mark.parametrize("width", [1360, 390])
def test_of_three_hundred_folders_one_is_found_and_the_current_one_stays_in_sight(
    new_visitor: NewVisitor, demo: Demo, width: int
) -> None:
    account = [one for one in demo.endpoints["accounts"] if one["role"] == "hr-officer"][-1]
    _three_hundred(demo, account)
    visitor = new_visitor(viewport={"width": width, "height": 844})
    visitor.come_in(account, "/webmail/")
    _sixty_labels(visitor)
    visitor.go("/webmail/")
    page = visitor.page
    column, opens = page.locator("#boites"), page.locator("[popovertarget=boites]:visible").first
    lines, box = column.locator(".tree > :visible"), column.get_by_label("Dossiers et étiquettes avec ces mots")
    if width == 390:
        opens.click()
    assert column.locator(".rooms ul").evaluate(ROOMS) == 1
    assert column.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    visitor.axe("#boites")
    labels = column.locator(".labels-part .folder-item:visible")
    expect(labels).to_have_count(60)
    box.fill("theme 42")
    expect(labels).to_have_count(1)
    box.fill("PROJET 07 classe 19")
    expect(lines).to_have_count(2)  # it, and what it lies in
    box.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Projet 07")).to_be_visible()
    page.reload()
    if width == 390:
        opens.click()
    current = column.locator(".tree [aria-current]")
    for place in (0, 2000, 100_000):
        column.locator(".scroll").evaluate("(one, top) => one.scrollTo(0, top)", place)
        if place < 100_000:  # then the folders are behind
            assert current.evaluate(SEEN), place
    visitor.fits()
    if width == 390:
        return
    fold = column.get_by_role("button", name="Sous-dossiers du dossier Classe 19")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    box.fill("projet 07 classe 19")
    expect(lines).to_have_count(2)  # also folded away
    box.fill("")
    assert (
        column.locator(".tree > :visible", has_text="Classe 19").locator("[aria-current]").evaluate(SEEN)
    )  # it holds it
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "true")


def _three_hundred(demo: Demo, account: dict[str, str]) -> None:
    imaps, context = demo.endpoints["imaps"], ssl.create_default_context(cafile=str(demo.ca))
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account.get("app_password", account["password"]))
        for number in range(300):
            box.create(f'"Classe {number // 15:02}/Projet {number % 15:02}"')


def _sixty_labels(visitor: Visitor) -> None:
    """The five of everybody, and as many of one's own as there may be."""
    token = visitor.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    page = f"{visitor.demo.web}/webmail/reglages/etiquettes/"
    for number in range(55):
        form: dict[str, str | float | bool] = {
            "nom": f"Thème {number:02}",
            "couleur": "moss",
            "csrfmiddlewaretoken": token,
        }
        visitor.context.request.post(page, form=form, headers={"Referer": page}, max_redirects=0)


def test_the_first_row_begins_at_one_edge_on_every_page(new_visitor: NewVisitor, demo: Demo) -> None:
    visitor = new_visitor(viewport={"width": 1440, "height": 900})
    visitor.come_in(demo.account("hr-officer"), "/")
    edges = set()
    for path in ("/portail/", "/mon-compte/", "/annuaire/", "/iprof/gestion/"):
        assert visitor.page.goto(demo.web + path).ok, path  # type: ignore[union-attr]
        edges.add(visitor.page.locator(".masthead .brand").evaluate("one => one.getBoundingClientRect().left"))
    assert len(edges) == 1


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
