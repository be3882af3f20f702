"""While one reads, the next message is made ready: it stays unread, and nothing of it happens before it is opened."""

import uuid
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import act, put, unread
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser


def wary(address: str, subject: str) -> bytes:
    """It would like to know when it is read."""
    message = EmailMessage()
    message["From"] = "Librairie <lettre@librairie.example>"
    message["To"] = address
    message["Subject"] = subject
    message["Message-ID"] = f"<{uuid.uuid4().hex}@librairie.example>"
    message["Disposition-Notification-To"] = "lettre@librairie.example"
    message["Return-Path"] = "<lettre@librairie.example>"
    message.set_content("Bonjour.")
    html = f'<h1>{subject}</h1><img src="https://librairie.example/vu.png" width="1" height="1">'
    message.add_alternative(html, subtype="html")
    return message.as_bytes().replace(b"\n", b"\r\n")


def test_the_neighbours_are_made_ready_and_stay_unread(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    teacher, word = demo.account("teacher"), uuid.uuid4().hex[:6]
    folder = f"Avance {word}"
    older, _middle, newer = put(
        demo, teacher, [wary(teacher["address"], f"{name} {word}") for name in ("Un", "Deux", "Trois")], f'"{folder}"'
    )
    visitor, desk = at_the_desk()
    page = visitor.page
    desk.open_folder(folder)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    with page.expect_response(f"**/{older}/avance/") as before, page.expect_response(f"**/{newer}/avance/") as after:
        desk.open(f"Deux {word}")
    assert (before.value.status, after.value.status) == (204, 204)
    expect(desk.formatted.get_by_role("heading", name=f"Deux {word}")).to_be_visible()

    # For Dovecot, in the list and in the folder's count.
    assert unread(demo, teacher, folder) == [older, newer]
    expect(desk.row(f"Un {word}")).to_have_attribute("data-unread", "")
    expect(desk.row(f"Deux {word}")).not_to_have_attribute("data-unread", "")
    expect(desk.folder(folder).locator(".count")).to_contain_text("2")
    assert {path for path in asked if f"/{older}/" in path or f"/{newer}/" in path} == {
        path for path in asked if path.endswith("/avance/")
    }

    # Opened, it is read; what was made ready and is gone is not shown.
    desk.reader.get_by_role("link", name="Message plus récent").click()
    expect(desk.formatted.get_by_role("heading", name=f"Trois {word}")).to_be_visible()
    assert unread(demo, teacher, folder) == [older]
    desk.reader.get_by_role("link", name="Message plus ancien").click()
    expect(desk.formatted.get_by_role("heading", name=f"Deux {word}")).to_be_visible()
    act(demo, teacher, f"Un {word}", "STORE", "+FLAGS", "\\Deleted", folder=folder)
    act(demo, teacher, f"Un {word}", "EXPUNGE", folder=folder)
    # Its frame is asked for beside the page.
    with visitor.forgiving("410|Failed to load|404 .*/corps/$|Framing"):
        desk.reader.get_by_role("link", name="Message plus ancien").click()
        expect(page.get_by_role("heading", name="Ce message n’est plus ici")).to_be_visible()
