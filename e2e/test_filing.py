"""Acts on messages: each is seen in the list, in the folder it went to, and can be taken back."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]


@pytest.fixture
def subject(demo: Demo) -> str:
    """A mail of this story's own, just delivered to the teacher."""
    name = f"À classer {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    return name


@pytest.mark.smoke
def test_star_unread_move_delete_and_empty(at_the_desk: Sit, subject: str) -> None:
    visitor, desk = at_the_desk()
    desk.wait_for(subject)
    row = desk.row(subject)
    row.locator(".row-link").focus()
    desk.page.keyboard.press("s")
    expect(row.locator(".starred").first).to_be_visible()

    desk.open(subject)
    expect(row).not_to_have_attribute("data-unread", re.compile(".*"))
    desk.message_acts(more=False)
    desk.reader.get_by_role("button", name="Marquer non lu").click()
    expect(row).to_have_attribute("data-unread", "")

    desk.open(subject)
    desk.move_to("Archives")
    expect(row).to_have_count(0)
    desk.open_folder("Archives")
    desk.open(subject)

    desk.act("Supprimer")
    expect(row).to_have_count(0)
    desk.open_folder("Corbeille")
    expect(row).to_be_visible()
    visitor.axe()
    desk.page.get_by_role("link", name="Vider").click()
    visitor.axe()
    desk.page.get_by_role("button", name="Vider la corbeille").click()
    expect(desk.page.locator(".row")).to_have_count(0)
    visitor.axe()

    desk.page.get_by_role("link", name="Récupérer des messages supprimés").click()
    visitor.axe()
    desk.page.get_by_role("checkbox", name=f"Choisir « {subject} »").check()
    desk.page.get_by_role("button", name="Supprimer définitivement").click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Supprimer définitivement")
    visitor.axe()
    desk.page.get_by_role("link", name="Les garder").click()
    desk.page.get_by_role("searchbox", name="Chercher dans les messages supprimés").fill("introuvable")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_text("n’a « introuvable »")).to_be_visible()
    visitor.axe()
    desk.page.get_by_role("link", name="Voir tous les messages supprimés").click()
    desk.page.get_by_role("checkbox", name=f"Choisir « {subject} »").check()
    desk.page.get_by_role("button", name="Récupérer", exact=True).click()
    desk.toast("1 message récupéré, dans")
    expect(row).to_be_visible()


def test_a_deleted_message_comes_back_with_one_press(at_the_desk: Sit, subject: str) -> None:
    _visitor, desk = at_the_desk()
    desk.wait_for(subject)
    desk.act_on_row(subject, "Supprimer")
    expect(desk.row(subject)).to_have_count(0)
    desk.page.locator("#annonces").get_by_role("button", name="Annuler").click()
    expect(desk.row(subject)).to_be_visible()


def test_several_at_once(at_the_desk: Sit, demo: Demo) -> None:
    names = [f"Lot {uuid.uuid4().hex[:6]}" for _ in range(3)]
    for name in names:
        deliver(demo, to=demo.account("teacher")["address"], subject=name)
    visitor, desk = at_the_desk()
    for name in names:
        desk.wait_for(name)
        desk.row(name).get_by_role("checkbox").check()
    visitor.axe()
    desk.page.get_by_role("form", name="Messages choisis").get_by_role("button", name="Archiver").click()
    for name in names:
        expect(desk.row(name)).to_have_count(0)
    desk.open_folder("Archives")
    for name in names:
        expect(desk.row(name)).to_be_visible()


def test_only_the_unread(at_the_desk: Sit, subject: str) -> None:
    _visitor, desk = at_the_desk()
    desk.wait_for(subject)
    desk.page.get_by_role("link", name="Non lus", exact=True).click()
    expect(desk.row(subject)).to_be_visible()
    expect(desk.page.locator(".row:not([data-unread])")).to_have_count(0)


def test_new_mail_appears_by_itself(at_the_desk: Sit, demo: Demo) -> None:
    _visitor, desk = at_the_desk("teacher")
    name = f"À l’instant {uuid.uuid4().hex[:6]}"
    expect(desk.page.locator("#flux")).to_be_attached()
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    desk.wait_for(name, seconds=10)
    heard = desk.page.locator("#parole")
    expect(heard.filter(has_text=re.compile("nouveaux? messages?"))).to_have_count(1)
    # Sent away by a key, it gives the focus to what takes its place.
    desk.row(name).locator(".row-link").focus()
    desk.page.keyboard.press("#")
    expect(desk.row(name)).to_have_count(0)
    expect(desk.page.locator(".row-link").first).to_be_focused()
    desk.page.locator(".row-link").first.click()
    expect(heard.filter(has_text="Ouvert")).to_contain_text(desk.page.locator("#objet").inner_text())


def test_keys_act_on_what_is_chosen_before_what_is_open(at_the_desk: Sit, demo: Demo, subject: str) -> None:
    visitor, desk = at_the_desk()
    other = f"Ouvert {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=other)
    desk.wait_for(subject)
    desk.wait_for(other)
    desk.open(other)
    desk.row(subject).get_by_role("checkbox").check()
    visitor.page.keyboard.press("#")
    desk.toast("déplacé vers Corbeille")
    expect(desk.row(subject)).to_have_count(0)
    expect(desk.row(other)).to_be_visible()
    visitor.page.keyboard.press("z")
    expect(desk.row(subject)).to_be_visible()

    desk.open(other)
    visitor.page.keyboard.press("e")
    desk.toast("déplacé vers Archives")
    expect(desk.row(other)).to_have_count(0)
    expect(desk.row(subject)).to_be_visible()


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_toast_names_the_message_over_the_list_alone(at_the_desk: Sit, demo: Demo, width: int) -> None:
    _visitor, desk = at_the_desk(viewport={"width": width, "height": 900})
    page = desk.page
    subject = f"Compte rendu du conseil d’administration du collège {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=subject)
    desk.wait_for(subject)
    desk.act_on_row(subject, "Archiver")
    desk.toast(
        f"« {subject} » déplacé vers Archives".replace("« ", "«\N{NO-BREAK SPACE}").replace(" »", "\N{NO-BREAK SPACE}»")
    )
    toast, around = page.locator("#annonces .toast").bounding_box(), page.locator("#liste").bounding_box()
    assert toast
    assert around
    assert around["x"] <= toast["x"]
    assert toast["x"] + toast["width"] <= around["x"] + around["width"]
    page.keyboard.press("z")
    expect(desk.row(subject)).to_be_visible()
