"""The museum of hostile mail in a real browser: one person, one sitting, every specimen with a trap around it.

None runs a script, asks for anything, opens or leaves a page; the page stays up and shows what it should.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Dialog, Download, Frame, Page, Request
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from e2e.desk import Desk
from e2e.post import put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo
from vaguemestre.mailbox.tests.specimens import SPECIMENS, Specimen

pytestmark = pytest.mark.browser
FOLDER = "Musee"
# What a page of ours asks for by itself; anything else was asked for by the mail.
OURS = re.compile(
    r"/(static/.*|evenements/.*|favicon\.ico|webmail/(non-lus/|dossiers/[0-9a-f]+/([0-9]+/(corps/|avance/|images/[0-9.]+/|pieces/[0-9.-]+/(vue/)?)?)?))"
)
QUERY = re.compile(r"(ouvert=[0-9]+(&vus=[0-9]+)?|depuis=[0-9]+)?")  # the list, asked for again
JOINED = {"references_flood", "recipients_2000"}  # they answer others here: their conversation has one row
TOO_LARGE = {"image_bomb"}  # no small picture of it: the server says so
SHOWN = """() => {
    const reader = document.getElementById("lecture");
    const letter = reader?.querySelector("iframe")?.contentDocument;
    return [reader?.innerText ?? "", letter?.body?.innerText ?? ""].join("\\n");
}"""
ARRIVED = """number => {
    const frame = document.querySelector("#lecture iframe");
    const letter = frame?.contentDocument;
    const its = letter?.location.pathname.endsWith(`/${number}/corps/`);
    const drawn = !frame || (its && letter.readyState === "complete");
    return location.pathname.endsWith(`/${number}/`) && document.getElementById("objet") && drawn;
}"""
HARMED = """() => [
    ["canary", window.canari !== undefined],
    ["too wide", document.documentElement.scrollWidth > document.documentElement.clientWidth],
    ["toolbar gone", !document.querySelector("#lecture .toolbar")?.checkVisibility()],
    ["inside", !!document.querySelector("#lecture iframe")?.contentDocument?.querySelector("script, form, iframe")],
].filter(([, harmed]) => harmed).map(([name]) => name)"""


class Trap:
    """Remembers whatever a message does, and what the visitor complains of."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self._sprung: list[str] = []
        visitor.page.on("dialog", self._dialog)
        visitor.page.on("download", self._download)
        visitor.page.on("framenavigated", self._navigated)
        visitor.context.on("page", self._opened)
        visitor.context.on("request", self._asked)

    def sprung(self) -> list[str]:
        found = [*self._sprung, *self.visitor.complaints]
        self._sprung.clear()
        self.visitor.complaints.clear()
        return found

    def _dialog(self, dialog: Dialog) -> None:
        self._sprung.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _download(self, download: Download) -> None:
        self._sprung.append(f"download: {download.url}")

    def _navigated(self, frame: Frame) -> None:
        if not frame.url.startswith((self.visitor.demo.web, "about:blank")):
            self._sprung.append(f"navigation: {frame.url}")

    def _opened(self, page: Page) -> None:
        self._sprung.append(f"new page: {page.url}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and (not OURS.fullmatch(parts.path) or not QUERY.fullmatch(parts.query)):
            self._sprung.append(f"request: {request.url}")


@pytest.mark.timeout(600)
def test_no_specimen_does_anything(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo) -> None:
    made = put(demo, demo.account("teacher"), (specimen.make() for specimen in SPECIMENS), FOLDER)
    numbers = dict(zip((specimen.name for specimen in SPECIMENS), made, strict=True))
    visitor, desk = at_the_desk()
    desk.open_folder(FOLDER)
    folder = urlsplit(visitor.page.url).path
    trap = Trap(visitor)
    assert trap.sprung() == []
    wrong = {}
    visitor.go(f"{folder}{numbers[SPECIMENS[-1].name]}/")
    before = ""
    for specimen in reversed(SPECIMENS):
        there = arrive(visitor.page, numbers[specimen.name])
        refused = TOO_LARGE & {specimen.name, before}  # the refusal may come after the next one was opened
        sprung = [one for one in trap.sprung() if not refused or "413" not in one]
        before = specimen.name
        there = [] if specimen.name in JOINED else there
        if found := [*there, *sprung, *seen(visitor.page, specimen)]:
            wrong[specimen.name] = found
        visitor.page.keyboard.press("j")
    assert wrong == {}


def test_the_trap_sees(at_the_desk: Callable[..., tuple[Visitor, Desk]]) -> None:
    """Else the story above would prove nothing."""
    visitor, _desk = at_the_desk()
    trap = Trap(visitor)
    visitor.page.evaluate("alert(1)")
    visitor.page.evaluate("fetch('https://evil.example/a').catch(() => {})")
    visitor.page.evaluate("fetch('/session/fin/?x').catch(() => {})")
    found = "\n".join(trap.sprung())
    assert "dialog: 1" in found
    assert "console: Connecting to 'https://evil.example/a' violates" in found
    assert "/session/fin/" in found


def arrive(page: Page, number: int) -> list[str]:
    """By the key that leads from one message to the next, as one reads; what a mail breaks stays broken."""
    try:
        page.wait_for_function(ARRIVED, arg=number)
    except PlaywrightTimeout:
        page.goto(re.sub(r"[0-9]+/$", f"{number}/", page.url))
        return ["the way to it is cut"]
    return []


def seen(page: Page, specimen: Specimen) -> list[str]:
    if (frame := page.query_selector("iframe.body-frame")) and (box := frame.bounding_box()):
        page.mouse.move(box["x"] + 20, box["y"] + 20)
    text = re.sub(r"\s+", " ", page.evaluate(SHOWN))
    return [*page.evaluate(HARMED), *(f"not shown: {words}" for words in specimen.shown if words not in text)]
