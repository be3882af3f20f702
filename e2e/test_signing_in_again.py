"""A session that ends while somebody writes: one signs in over the open page, and continues with its text."""

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from e2e.desk import Desk
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
type NewVisitor = Callable[..., Visitor]
TEXT = "Une heure de travail.\n"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def end_session(visitor: Visitor) -> None:
    """As when it was closed from another device: the browser still believes in it."""
    visitor.context.clear_cookies(name="__Host-session")


def dialog(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("dialog", name="Votre session est terminée")


def sign_in_here(visitor: Visitor, password: str) -> None:
    """The name is there already."""
    asked = dialog(visitor)
    asked.get_by_label("Mot de passe ou code OTP").fill(password)
    asked.get_by_role("button", name="Valider").click()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "telephone"])
def test_what_is_written_is_kept_then_sent(at_the_desk: Sit, demo: Demo, options: dict[str, object]) -> None:
    me, subject = demo.account("teacher"), f"Brouillon {uuid.uuid4().hex[:6]}"
    visitor, desk = at_the_desk("teacher", **options)
    desk.write()
    desk.fill(to=me["address"], subject=subject)
    end_session(visitor)
    with visitor.forgiving("401|Failed to load"):
        desk.fill(text=TEXT)  # what is typed saves itself, and so finds out
        expect(dialog(visitor)).to_be_visible()
        visitor.axe()
        sign_in_here(visitor, me["password"])
        expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    desk.reads(TEXT.strip())
    expect(desk.sheet.locator("[id^=etat]")).to_contain_text("Brouillon enregistré")  # saved by itself
    desk.send()
    desk.wait_for(subject)


def test_a_wrong_password_then_the_right_one(at_the_desk: Sit, demo: Demo) -> None:
    me = demo.account("teacher")
    visitor, desk = at_the_desk("teacher")
    desk.write()
    end_session(visitor)
    with visitor.forgiving("401|Failed to load"):
        desk.fill(text=TEXT)
        sign_in_here(visitor, "Ce n’est pas lui, 9 fois")
        expect(dialog(visitor)).to_contain_text("Identifiant ou mot de passe incorrect.")
        visitor.axe()
        sign_in_here(visitor, me["password"])
        expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)


def test_somebody_else_at_that_screen_gets_nothing(at_the_desk: Sit, demo: Demo) -> None:
    other = demo.account("hr-officer")
    visitor, desk = at_the_desk("teacher")
    desk.write()
    end_session(visitor)
    with visitor.forgiving("401|Failed to load"):
        desk.fill(text=TEXT)
        dialog(visitor).get_by_label("Identifiant").fill(other["identifier"])
        sign_in_here(visitor, other["password"])
        refused = visitor.page.get_by_role("dialog", name="Cette page est à quelqu’un d’autre")
        expect(refused).to_be_visible()
        visitor.axe()
        visitor.go("/webmail/")
    expect(visitor.page.get_by_label("Identifiant")).to_be_visible()  # nobody is signed in


def test_signed_in_anew_in_another_window_both_go_on(at_the_desk: Sit, demo: Demo) -> None:
    me = demo.account("teacher")
    visitor, desk = at_the_desk("teacher")
    desk.write()
    end_session(visitor)
    other = visitor.context.new_page()
    other.goto(f"{demo.web}/session/")
    other.get_by_label("Identifiant").fill(me["identifier"])
    other.get_by_label("Mot de passe ou code OTP").fill(me["password"])
    other.get_by_role("button", name="Valider").click()
    expect(other.get_by_role("button", name="Se déconnecter").first).to_be_visible()
    with visitor.forgiving("403|Failed to load"):
        desk.fill(text=TEXT)
        expect(visitor.page.get_by_text("connecté de nouveau dans un autre onglet")).to_be_visible()
        expect(desk.sheet.locator("[id^=etat]")).to_contain_text("Brouillon enregistré")
    desk.sheet.get_by_role("button", name="Jeter le brouillon").click()
    expect(desk.sheet).to_have_count(0)


def test_without_javascript_the_text_is_offered_again(new_visitor: NewVisitor, demo: Demo) -> None:
    me, subject = demo.account("teacher"), f"Brouillon {uuid.uuid4().hex[:6]}"
    visitor = new_visitor(java_script_enabled=False)
    visitor.go("/webmail/ecrire/")
    visitor.sign_in(me)
    page = visitor.page
    page.locator("[id^=ajout-a-]").fill(me["address"])
    page.get_by_label("Objet", exact=True).fill(subject)
    page.get_by_label("Texte du message").fill(TEXT)
    end_session(visitor)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Ce que vous écriviez est gardé")).to_be_visible()
    visitor.sign_in(me)
    expect(page.locator("blockquote")).to_contain_text("Une heure de travail.")
    page.get_by_role("button", name="Reprendre là").click()
    page.goto(f"{demo.web}/webmail/")
    expect(page.locator("#liste")).to_contain_text(subject, timeout=30_000)


def test_before_it_ends_the_page_says_so_and_another_tab_may_answer(at_the_desk: Sit, demo: Demo) -> None:
    """Nobody waits for an hour: the hour of the last use is changed where it is written."""
    visitor, desk = at_the_desk("teacher")
    page, warned = visitor.page, visitor.page.get_by_role("alertdialog", name="Votre session va se terminer")
    desk.write()
    desk.fill(text=TEXT)
    expect(desk.sheet.locator("[id^=etat]")).to_contain_text("Brouillon enregistré")
    for way in ("button", "escape", "tab"):
        unused_for(demo, minutes=57, seconds=30)
        ask_now(visitor)
        expect(warned).to_be_visible()
        expect(page.get_by_role("button", name="Rester connecté")).to_be_focused()
        if way == "button":
            visitor.axe()
            page.get_by_role("button", name="Rester connecté").click()
        elif way == "escape":
            page.keyboard.press("Escape")
        else:
            other = visitor.context.new_page()
            other.goto(f"{demo.web}/portail/")
            other.close()
            ask_now(visitor)  # as it does by itself after some seconds
        expect(warned).to_have_count(0)
    unused_for(demo, minutes=61)
    with visitor.forgiving("401|Failed to load"):
        ask_now(visitor)
        expect(dialog(visitor)).to_be_visible()  # too late: one signs in over the page
        expect(desk.sheet).to_be_hidden()
        sign_in_here(visitor, demo.account("teacher")["password"])
    desk.reads(TEXT.strip())


def unused_for(demo: Demo, *, minutes: int, seconds: int = 0) -> None:
    """The session that was opened last: every story has its own."""
    used_at = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=minutes, seconds=seconds)
    with closing(sqlite3.connect(demo.data / "db" / "vaguemestre.sqlite3", timeout=30)) as database, database:
        [(opened_at,)] = database.execute("SELECT MAX(created_at) FROM accounts_session")
        change = "UPDATE accounts_session SET last_used_at = ? WHERE created_at = ?"
        database.execute(change, [str(used_at), opened_at])


def ask_now(visitor: Visitor) -> None:
    visitor.page.evaluate("document.getElementById('delai').dispatchEvent(new CustomEvent('asks'))")
