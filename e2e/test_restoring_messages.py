"""Messages deleted months ago come back: the agent chooses the day and the folder and sees counts alone; the person is
told, and finds them."""

import imaplib
import os
import ssl
import subprocess
import sys
import time
import tomllib
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.visitor import Visitor
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
SECRET = "Rendez-vous chez le médecin"


def mailbox(demo: Demo) -> imaplib.IMAP4_SSL:
    imaps, account = demo.endpoints["imaps"], demo.account("teacher")
    program = imaplib.IMAP4_SSL(
        imaps["host"], imaps["port"], ssl_context=ssl.create_default_context(cafile=str(demo.ca))
    )
    program.login(account["identifier"], account["password"])
    return program


def fill(program: imaplib.IMAP4_SSL, folder: str) -> None:
    program.create(folder)
    for number in range(3):
        message = EmailMessage()
        message["From"], message["Subject"] = "docteur@cabinet.example", f"{SECRET} {number}"
        message["Message-ID"] = f"<{folder}.{number}@cabinet.example>"
        message.set_content("Jeudi.")
        program.append(folder, "", "", message.as_bytes().replace(b"\n", b"\r\n"))


def back_up(demo: Demo) -> None:
    environment = {"VAGUEMESTRE_DATA": str(demo.data), "PYTHONPATH": str(CHECKOUT), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-P", "-m", "vaguemestre.launcher", "command", "backup", "run"]
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True)


def test_a_folder_comes_back(new_visitor: NewVisitor, demo: Demo) -> None:
    if "backup" not in tomllib.loads((demo.data / "instance.toml").read_text()):
        pytest.skip("this demo has no [backup]")
    program, folder = mailbox(demo), f"Suivi {time.time_ns()}".replace(" ", "-")
    fill(program, folder)
    back_up(demo)
    program.delete(folder)
    program.logout()

    agent = new_visitor(viewport={"width": 1440, "height": 900})
    agent.come_in(demo.account("help-desk"), "/assistance/")
    page = agent.page
    page.get_by_label("Chercher une personne").fill("lefevre mathilde")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Restaurer des messages").click()
    expect(page.get_by_label("Jour de la sauvegarde")).to_be_visible()
    agent.axe()
    agent.fits()
    page.get_by_label("Motif").fill("Dossier supprimé par erreur, appel de la personne")
    page.get_by_label("Je vois la personne").check()
    page.get_by_role("button", name="Chercher ce qui manque").click()
    choice = page.get_by_role("radio", name=folder)
    expect(choice).to_be_visible(timeout=60_000)
    agent.axe()
    agent.fits()
    assert SECRET not in page.content()
    assert "docteur" not in page.content()
    choice.check()
    page.get_by_role("button", name="Restaurer", exact=True).click()
    expect(page.locator("#restauration")).to_contain_text("3 messages restaurés", timeout=60_000)
    agent.axe()
    page.get_by_role("status").get_by_role("link", name="Revenir à la personne").click()
    expect(page.locator(".said", has_text="3 messages restaurés")).to_be_visible()
    expect(page.locator(".events")).to_contain_text("Messages restaurés d’une sauvegarde")
    agent.axe()
    _the_person_finds_them(new_visitor(), demo, folder)


def _the_person_finds_them(teacher: Visitor, demo: Demo, folder: str) -> None:
    teacher.come_in(demo.account("teacher"), "/webmail/")
    boxes = teacher.page.locator("#boites")
    expect(boxes).to_contain_text("Restauration")
    boxes.get_by_role("link", name=folder).first.click()
    expect(teacher.page.locator(".row-subject", has_text=f"{SECRET} 2")).to_be_visible()
    teacher.go("/mon-compte/")
    expect(teacher.page.locator("body")).to_contain_text("a restauré 3 messages de la sauvegarde")
