"""Thunderbird and the webmail at once: what one does shows in the other, and neither undoes the other unseen."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from e2e.desk import Desk
from e2e.post import act, deliver, in_the_end, put
from e2e.test_arranging import program
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]


def arrived(demo: Demo, desk: Desk) -> str:
    name = f"Ensemble {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    desk.wait_for(name)
    return name


def held(desk: Desk, address: str) -> list[Route]:
    """What is sent there waits until the story lets it go."""
    waiting: list[Route] = []
    desk.page.route(address, lambda route: waiting.append(route))
    return waiting


def test_a_message_deleted_for_good_leaves_the_open_list(at_the_desk: Sit, demo: Demo) -> None:
    teacher = demo.account("teacher")
    _visitor, desk = at_the_desk()
    name, other = arrived(demo, desk), arrived(demo, desk)
    desk.open(other)
    act(demo, teacher, name, "STORE", "+FLAGS", "\\Deleted")
    act(demo, teacher, name, "EXPUNGE")
    expect(desk.row(name)).to_have_count(0, timeout=30_000)
    expect(desk.row(other)).to_be_visible()
    expect(desk.page.locator("#objet")).to_contain_text(other)


def test_what_is_open_is_as_the_other_program_leaves_it(at_the_desk: Sit, demo: Demo) -> None:
    teacher, folder = demo.account("teacher"), f"Neuf {uuid.uuid4().hex[:5]}"
    _visitor, desk = at_the_desk()
    name = arrived(demo, desk)
    desk.open(name)
    act(demo, teacher, name, "STORE", "+FLAGS", "(\\Flagged $label1)")
    star = desk.reader.locator("#suivre")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(desk.reader.get_by_role("form", name="Étiquettes de ce message")).to_contain_text("Important")
    with program(demo, teacher) as box:
        assert box.create(f'"{folder}"')[0] == "OK"
        desk.open_folder(folder)
        assert box.delete(f'"{folder}"')[0] == "OK"
        desk.toast("Ce dossier n’est plus ici")
        expect(desk.folder(folder)).to_have_count(0)
    expect(desk.page.get_by_role("heading", level=1, name="Réception")).to_be_visible()
    desk.open(name)
    act(demo, teacher, name, "MOVE", "Archive")
    expect(desk.page.locator("#arrivees")).to_contain_text("n’est plus là")


def test_read_anew_it_is_found_where_the_other_program_put_it(at_the_desk: Sit, demo: Demo) -> None:
    """By the tab that had it open, also when another one was opened since."""
    teacher = demo.account("teacher")
    visitor, desk = at_the_desk()
    other, name = arrived(demo, desk), arrived(demo, desk)
    desk.open(name)
    address = desk.page.url
    desk.open(other)
    act(demo, teacher, name, "MOVE", "Archive")
    with visitor.forgiving("404"):
        desk.page.goto(address)
        expect(desk.page.locator("#objet")).to_contain_text(name)
    assert desk.page.url != address
    expect(desk.page.get_by_role("heading", level=2, name="Archives")).to_be_visible()
    with visitor.forgiving("404"):
        desk.page.goto(address)  # it knows it no more, rather than going round in a ring
        expect(desk.page.get_by_role("heading", name="Ce message n’est plus ici")).to_be_visible()


def test_an_act_on_what_was_just_deleted_elsewhere_says_so(at_the_desk: Sit, demo: Demo) -> None:
    teacher = demo.account("teacher")
    _visitor, desk = at_the_desk()
    name = arrived(demo, desk)
    waiting = held(desk, "**/archivage/")
    desk.act_on_row(name, "Archiver")
    expect(desk.row(name)).to_be_hidden()
    in_the_end(lambda: bool(waiting), page=desk.page)
    act(demo, teacher, name, "STORE", "+FLAGS", "\\Deleted")
    act(demo, teacher, name, "EXPUNGE")
    waiting[0].continue_()
    desk.toast("Ce message n’est plus là")
    expect(desk.row(name)).to_have_count(0)


def test_moved_to_a_folder_that_was_just_deleted_it_comes_back_with_the_reason(at_the_desk: Sit, demo: Demo) -> None:
    teacher, folder = demo.account("teacher"), f"Bref {uuid.uuid4().hex[:5]}"
    put(demo, teacher, [], f'"{folder}"')
    visitor, desk = at_the_desk()
    name = arrived(demo, desk)
    waiting = held(desk, "**/deplacement/")
    desk.row(name).get_by_role("checkbox").check()
    chosen = desk.page.get_by_role("form", name="Messages choisis")
    chosen.get_by_title("Déplacer vers un dossier").click()
    chosen.get_by_role("button", name=folder).click()
    expect(desk.row(name)).to_be_hidden()
    in_the_end(lambda: bool(waiting), page=desk.page)
    with program(demo, teacher) as box:
        assert box.delete(f'"{folder}"')[0] == "OK"
    with visitor.forgiving("404|Failed to load"):
        waiting[0].continue_()
        expect(desk.page.locator("#panne")).to_contain_text("n’est plus ici")
    expect(desk.row(name)).to_be_visible()


def test_a_mark_is_taken_back_and_the_other_program_sees_it(at_the_desk: Sit, demo: Demo) -> None:
    teacher = demo.account("teacher")
    _visitor, desk = at_the_desk()
    starred, plain = arrived(demo, desk), arrived(demo, desk)
    act(demo, teacher, starred, "STORE", "+FLAGS", "\\Flagged")
    expect(desk.row(starred)).to_have_attribute("data-starred", "", timeout=30_000)
    for name in (starred, plain):
        desk.row(name).get_by_role("checkbox").check()
    desk.page.keyboard.press("s")
    desk.toast("1 message suivi")
    expect(desk.row(plain)).to_have_attribute("data-starred", "")
    desk.page.keyboard.press("z")
    desk.toast("1 message remis comme avant")
    expect(desk.row(plain)).not_to_have_attribute("data-starred", "")
    expect(desk.row(starred)).to_have_attribute("data-starred", "")
    with program(demo, teacher) as box:
        box.select("INBOX", readonly=True)
        marked = box.uid("SEARCH", "FLAGGED", "SUBJECT", f'"{starred.rpartition(" ")[2]}"')[1]
        assert marked[0]
        assert not box.uid("SEARCH", "FLAGGED", "SUBJECT", f'"{plain.rpartition(" ")[2]}"')[1][0]
    # All that is chosen is starred: the same key lets go of it.
    desk.row(starred).get_by_role("checkbox").check()
    desk.row(plain).get_by_role("checkbox").uncheck()
    desk.page.keyboard.press("s")
    expect(desk.row(starred)).not_to_have_attribute("data-starred", "")
    desk.toast("1 message n’est plus suivi")
