"""A daemon stops: the page says so, nothing typed is lost, and it recovers by itself."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import in_the_end, put, subjects
from e2e.test_bodies import letter
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]  # what waits is tried again after a minute
type Sit = Callable[..., tuple[Visitor, Desk]]
# What a browser says of an answer that is an error; the page itself says it in words.
OF_THE_FAULT = r"50[234]|422|ERR_|Failed to load"


@contextmanager
def stopped(demo: Demo, program: str) -> Iterator[None]:
    group = demo.supervision.pid(program)
    demo.supervision.stop_program(program)
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)  # a process that still serves an open session has not stopped
    try:
        yield
    finally:
        demo.start(program)


def test_dovecot_stops_while_one_reads(demo: Demo, at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("school-head")
    with visitor.forgiving(OF_THE_FAULT):
        with stopped(demo, "dovecot"):
            desk.row("Conseil des maîtres").first.locator(".row-link").click()
            expect(desk.page.locator("#panne")).to_contain_text("La boîte ne répond pas")
            visitor.axe()
            # The list that was there still is; a page asked for again says the same, whole.
            visitor.go("/webmail/")
            expect(desk.page.locator("#panne")).to_contain_text("La boîte ne répond pas")
            visitor.axe()
        # Nobody presses anything.
        expect(desk.row("Conseil des maîtres").first).to_be_visible(timeout=45_000)
        expect(desk.page.locator("#panne")).to_be_empty()


def test_the_cleaner_stops_while_one_reads(demo: Demo, at_the_desk: Sit) -> None:
    name = f"Mis en forme {uuid.uuid4().hex[:6]}"
    put(demo, demo.account("school-head"), [letter(name, "<h1>Titre</h1><p>Et la suite.</p>")])
    visitor, desk = at_the_desk("school-head")
    with stopped(demo, "cleaner"):
        desk.wait_for(name)
        desk.open(name)
        expect(desk.formatted.locator("body")).to_contain_text("ne peut pas être affichée pour le moment")
        visitor.axe()
    # Nobody presses anything.
    expect(desk.formatted.locator("h1")).to_have_text("Titre", timeout=45_000)


@pytest.mark.slow  # a minute, until it is tried again
def test_dovecot_stops_while_one_writes(demo: Demo, at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("school-head")
    account, name = demo.account("school-head"), f"Écrit pendant la panne {uuid.uuid4().hex[:6]}"
    with visitor.forgiving(OF_THE_FAULT):
        desk.write()
        desk.fill(to=demo.account("help-desk")["address"], subject=name)
        with stopped(demo, "dovecot"):
            desk.keep("Rien de ceci ne doit se perdre.\n")
            expect(desk.sheet.locator("[id^=etat]")).to_contain_text("gardé")
            # Reloaded in the middle of it: what was typed is there.
            visitor.page.reload()
            desk.reads("Rien de ceci ne doit se perdre.")
            desk.sheet.get_by_role("button", name="Envoyer").click()
            desk.toast("")
        in_the_end(lambda: name in subjects(demo, account, "Sent"))
    in_the_end(lambda: name in subjects(demo, demo.account("help-desk")))


@pytest.mark.slow  # a minute, until it is tried again
def test_postfix_stops_while_one_sends(demo: Demo, at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("school-head")
    name = f"Parti plus tard {uuid.uuid4().hex[:6]}"
    with visitor.forgiving(OF_THE_FAULT):
        with stopped(demo, "postfix"):
            desk.write()
            desk.fill(to=demo.account("help-desk")["address"], subject=name, text="Ceci attendra.\n")
            desk.send()
            desk.toast("partira")
            visitor.go("/webmail/")
            desk.page.get_by_role("link", name="En attente").click()
            expect(desk.page.locator(".queued", has_text=name)).to_be_visible()
            visitor.axe()
        in_the_end(lambda: name in subjects(demo, demo.account("help-desk")))
    visitor.go("/webmail/")
    desk.open_folder("Envoyés")
    desk.wait_for(name)


def test_a_recipient_that_does_not_exist_is_named_and_the_text_stays(demo: Demo, at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("school-head")
    desk.write()
    domain = demo.account("teacher")["address"].partition("@")[2]
    desk.fill(to=f"personne.dici@{domain}", subject="Perdu", text="Texte.\n")
    with visitor.forgiving("422|Failed to load"):
        desk.sheet.get_by_role("button", name="Envoyer").click()
        expect(desk.sheet.locator(".notice-bad:visible")).to_contain_text("personne.dici")
    desk.reads("Texte.")
    visitor.axe()
