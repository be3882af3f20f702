"""What is sent without a network waits in the browser, sealed, and leaves once when it is back."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from e2e.desk import Desk
from e2e.post import in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
type NewVisitor = Callable[..., Visitor]
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
OFFLINE = "ERR_|Failed to (fetch|load)|htmx:error|NetworkError|401"
KEPT, WORDS = "Gardé ici, partira au retour du réseau", "Le conseil de discipline est avancé."
NAMES = "() => Object.keys(localStorage).filter(name => name.startsWith('lettre:')).length"


@pytest.fixture
def name() -> str:
    return f"Sans réseau {uuid.uuid4().hex[:6]}"


def notice(desk: Desk) -> Locator:
    return desk.sheet.locator(".composer-notes .notice:visible")


def told(desk: Desk, name: str) -> Locator:
    return desk.page.locator("#copies .notice", has_text=name)


def press(desk: Desk) -> None:
    desk.sheet.get_by_role("button", name="Envoyer", exact=True).click()


def begin(visitor: Visitor, desk: Desk, demo: Demo, name: str) -> None:
    """Sent where nothing reaches the server."""
    desk.write()
    desk.fill(to=demo.account("help-desk")["address"], subject=name)
    visitor.context.set_offline(True)
    desk.fill(text=f"{WORDS}\n")
    press(desk)


def close(visitor: Visitor, desk: Desk) -> Desk:
    """The page closes while it waits; the network comes back afterwards."""
    expect(notice(desk)).to_contain_text(KEPT)
    desk.page.close()
    visitor.context.set_offline(False)
    visitor.page = visitor.context.new_page()
    visitor.listen()
    return Desk(visitor.page)


def arrived(demo: Demo, name: str) -> int:
    return subjects(demo, demo.account("help-desk")).count(name)


def in_sight(desk: Desk, said: str, picture: Path) -> None:
    """One notice, in its place: under the text, never over Envoyer."""
    expect(notice(desk)).to_have_count(1)
    expect(notice(desk)).to_contain_text(said)
    place, send = notice(desk).bounding_box(), desk.sheet.locator("[data-send]").bounding_box()
    assert place is not None
    assert send is not None
    width = desk.page.viewport_size["width"] if desk.page.viewport_size else 0
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
    apart = place["y"] + place["height"] <= send["y"] or send["y"] + send["height"] <= place["y"]
    assert apart, (place, send)
    desk.page.screenshot(path=picture)


@pytest.mark.parametrize("screen", [{}, TELEPHONE], ids=["desk", "telephone"])
def test_each_state_has_its_picture(
    at_the_desk: Sit, demo: Demo, name: str, screen: dict[str, Any], tmp_path: Path
) -> None:
    visitor, desk = at_the_desk("school-head", **screen)
    desk.write()
    expect(notice(desk).filter(has_text="réseau")).to_have_count(0)
    desk.page.screenshot(path=tmp_path / "rest.png")
    desk.fill(to=demo.account("help-desk")["address"], subject=name, text="Ci-joint le devis.\n")
    expect(notice(desk)).to_contain_text("il n’y en a pas")
    in_sight(desk, "Joindre", tmp_path / "notice.png")
    desk.fill(text=f"{WORDS}\n")
    expect(notice(desk).filter(has_text="il n’y en a pas")).to_have_count(0)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with visitor.forgiving(OFFLINE):
        desk.page.route("**/envoi/", hold)
        press(desk)
        in_sight(desk, "Envoi en cours", tmp_path / "sending.png")
        visitor.context.set_offline(True)
        held[0].abort()
        desk.page.unroute("**/envoi/")
        in_sight(desk, KEPT, tmp_path / "kept.png")
        visitor.axe(".composer")
        visitor.fits()
        notice(desk).get_by_role("button", name="Ne pas envoyer").click()
        in_sight(desk, "Pas de réseau. Ce que vous écrivez est gardé ici.", tmp_path / "offline.png")
        expect(desk.page.locator(".offline")).to_be_hidden()
        desk.sheet.locator("input[type=file]").set_input_files(
            {"name": "devis.txt", "mimeType": "text/plain", "buffer": b"42"}
        )
        expect(desk.sheet.locator("[id^=envois] .refused")).to_be_visible()
        press(desk)
        in_sight(desk, "Pas parti : un fichier n’est pas arrivé".replace(" :", "\xa0:"), tmp_path / "failed.png")
        desk.sheet.locator("[id^=envois]").get_by_role("button").click()
        press(desk)
        in_sight(desk, KEPT, tmp_path / "kept-again.png")
        visitor.context.set_offline(False)
        expect(desk.sheet).to_have_count(0)
    in_the_end(lambda: arrived(demo, name) == 1)
    assert desk.page.evaluate(NAMES) == 0


def test_closed_and_opened_again_it_leaves_once(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    with visitor.forgiving(OFFLINE):
        begin(visitor, desk, demo, name)
        desk = close(visitor, desk)
        other = visitor.context.new_page()  # two tabs at once: one of them sends it
        other.goto(f"{demo.web}/webmail/")
        visitor.go("/webmail/")
    in_the_end(lambda: arrived(demo, name) == 1)
    desk.page.wait_for_function(f"() => ({NAMES})() === 0")
    assert told(desk, name).count() + other.locator("#copies .notice", has_text=name).count() == 1
    visitor.axe()
    assert subjects(demo, demo.account("school-head"), "Sent").count(name) == 1


def test_an_answer_that_is_lost_sends_nothing_twice(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    desk.write()
    desk.fill(to=demo.account("help-desk")["address"], subject=name, text=f"{WORDS}\n")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    with visitor.forgiving(OFFLINE):
        desk.page.route("**/envoi/", lose)
        press(desk)
        expect(notice(desk)).to_contain_text(KEPT)
        desk.page.unroute("**/envoi/")
        desk = close(visitor, desk)
        visitor.go("/webmail/")
        desk.page.wait_for_function(f"() => ({NAMES})() === 0")
    in_the_end(lambda: arrived(demo, name) == 1)
    in_the_end(lambda: subjects(demo, demo.account("school-head"), "Sent").count(name) == 1)


def test_somebody_else_on_this_browser_reads_nothing_and_it_leaves_at_the_next_sign_in(
    at_the_desk: Sit, demo: Demo, name: str
) -> None:
    me = demo.account("school-head")
    visitor, desk = at_the_desk("school-head")
    with visitor.forgiving(OFFLINE):
        begin(visitor, desk, demo, name)
        desk = close(visitor, desk)
        visitor.context.clear_cookies()
        visitor.come_in(demo.account("teacher"), "/webmail/")
        desk.page.locator("#attente[data-seal]").wait_for(state="attached")
        visitor.page.wait_for_load_state("networkidle")
        stored = desk.page.evaluate("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
        assert "lettre:" in stored
        assert WORDS not in stored
        assert name not in stored
        expect(told(desk, name)).to_have_count(0)
        visitor.sign_out()  # what waits is not theirs: nothing is asked
        visitor.come_in(me, "/webmail/")
    in_the_end(lambda: arrived(demo, name) == 1)


def test_signing_out_says_what_has_not_left(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    with visitor.forgiving(OFFLINE):
        begin(visitor, desk, demo, name)
        expect(notice(desk)).to_contain_text(KEPT)
        desk.page.route("**/envoi/", lambda route: route.abort())
        visitor.context.set_offline(False)
        leave = desk.page.get_by_role("button", name="Se déconnecter").first
        leave.click()
        asked = desk.page.get_by_role("dialog", name="Un message n’est pas encore parti")
        expect(asked).to_be_visible()
        visitor.axe()
        asked.get_by_role("button", name="Rester").click()
        expect(asked).to_be_hidden()
        leave.click()
        asked.get_by_role("button", name="Se déconnecter").click()
        expect(desk.page.get_by_label("Identifiant")).to_be_visible()
        stored = desk.page.evaluate("() => JSON.stringify(localStorage)")
        assert WORDS not in stored
        assert "data-seal" not in desk.page.content()
        desk.page.unroute("**/envoi/")
        visitor.come_in(demo.account("school-head"), "/webmail/")
    in_the_end(lambda: arrived(demo, name) == 1)


def test_older_than_half_a_day_it_is_asked_first(at_the_desk: Sit, demo: Demo, name: str) -> None:
    visitor, desk = at_the_desk("school-head")
    with visitor.forgiving(OFFLINE):
        begin(visitor, desk, demo, name)
        desk = close(visitor, desk)
        desk.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=13))
        visitor.go("/webmail/")
    expect(told(desk, name)).to_contain_text("attend ici depuis plus de 12 heures")
    visitor.axe()
    assert arrived(demo, name) == 0
    told(desk, name).get_by_role("button", name="Envoyer", exact=True).click()
    in_the_end(lambda: arrived(demo, name) == 1)


def test_on_a_shared_computer_nothing_is_kept(new_visitor: NewVisitor, demo: Demo, name: str) -> None:
    visitor = new_visitor()
    visitor.go("/webmail/")
    visitor.page.get_by_label("Ordinateur partagé").check()
    visitor.sign_in(demo.account("teacher"))
    desk = Desk(visitor.page)
    with visitor.forgiving(OFFLINE):
        begin(visitor, desk, demo, name)
        expect(notice(desk)).to_contain_text("Pas parti")
        expect(notice(desk)).to_contain_text("rien n’est gardé")
        assert desk.page.evaluate(NAMES) == 0
        assert WORDS not in desk.page.evaluate("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
        visitor.context.set_offline(False)
        press(desk)
        expect(desk.sheet).to_have_count(0)
    in_the_end(lambda: arrived(demo, name) == 1)
