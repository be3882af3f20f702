"""A trap reaches several people; one reports it; an administrator takes it out of every mailbox, then puts it back."""

import re
import smtplib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type SitDown = Callable[..., tuple[Visitor, Desk]]
ROLES = ("teacher", "school-head")


def deliver(demo: Demo, subject: str) -> None:
    to = [demo.account(role)["address"] for role in ROLES]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Banque <aide@voleur.example>", ", ".join(to), subject
    message["Date"], message["Message-ID"] = format_datetime(datetime.now(UTC)), make_msgid(domain="voleur.example")
    message.set_content("Cliquez ici : http://voleur.example/")
    with smtplib.SMTP(demo.endpoints["smtp"]["host"], demo.endpoints["smtp"]["port"], timeout=30) as server:
        server.send_message(message, to_addrs=to)


@pytest.mark.timeout(300)
def test_reported_by_one_taken_out_of_all_and_put_back(
    at_the_desk: SitDown, new_visitor: NewVisitor, demo: Demo
) -> None:
    subject = f"Votre compte sera fermé {time.time_ns()}"  # this demo may have been walked through before
    deliver(demo, subject)
    _head, other = at_the_desk("school-head")
    other.wait_for(subject)
    visitor, desk = at_the_desk()
    desk.wait_for(subject)
    desk.open(subject)
    desk.shows("Cliquez ici")
    visitor.page.keyboard.press("!")
    desk.toast("le message est signalé")

    watch = new_visitor()
    watch.go("/retraits/")
    watch.sign_in(demo.account("administrator"))
    page = watch.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Messages dangereux")
    watch.axe()
    watch.fits()
    page.get_by_role("link", name=f"Chercher {subject}").click()
    with watch.forgiving("422"):
        page.get_by_role("button", name="Compter").click()
        expect(page.get_by_label("Raison")).to_have_attribute("aria-invalid", "true")
    watch.axe()
    watch.fits()
    page.get_by_label("Raison").fill("hameçonnage")
    watch.axe()
    page.get_by_role("button", name="Compter").click()
    expect(page.get_by_text("Trouvé dans 2 boîtes.")).to_be_visible(timeout=90_000)
    out = page.get_by_role("button", name="Retirer de ces 2 boîtes")
    expect(out).to_be_visible(timeout=90_000)  # each of three hundred mailboxes is asked
    watch.axe()
    expect(other.row(subject)).to_have_count(1)
    watch.fits()
    out.click()
    expect(other.row(subject), "the open list of somebody else").to_have_count(0, timeout=90_000)
    back = page.get_by_role("button", name="Remettre partout")
    expect(page.get_by_role("heading", name="Retiré", exact=True)).to_be_visible(timeout=90_000)
    watch.axe()
    watch.fits()
    visitor.go("/mon-compte/")
    expect(
        visitor.page.get_by_text(re.compile("Un message dangereux a été retiré de votre boîte")).first
    ).to_be_visible()
    back.click()
    expect(page.get_by_role("heading", name="Remis dans les boîtes")).to_be_visible(timeout=90_000)
    watch.axe()
    expect(other.row(subject)).to_have_count(1, timeout=90_000)
    watch.go("/retraits/")  # with what was looked for, and nothing left that is reported
    expect(page.get_by_role("link", name=subject)).to_be_visible()
    watch.axe()
