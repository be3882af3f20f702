"""The museum of hostile mail in a real browser: every specimen with a trap around it, read, then with its remote images
shown, then each of its files opened in the viewer and apart.

None runs a script, asks for anything, opens or leaves a page; the page stays up and shows what it should.
"""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Dialog, Download, Frame, Page, Request, Route, TimeoutError as PlaywrightTimeout

from e2e.desk import Desk
from e2e.post import put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo
from vaguemestre.mailbox.testing.specimens import SPECIMENS, Specimen
from vaguemestre.strangers import PNG

pytestmark = pytest.mark.browser
FOLDER = "Musee"
# What a page of ours asks for by itself; anything else was asked for by the mail.
OURS = re.compile(
    r"/(static/.*|evenements/.*|session/ecoute/|favicon\.ico|webmail/(non-lus/|miniatures/[0-9a-f]+/[0-9]+/|dossiers/[0-9a-f]+/([0-9]+/(corps/|avance/|images/[0-9.]+/|pieces/[0-9.-]+/((vue|corps|pdf)/)?)?)?))"
)
QUERY = re.compile(
    r"(ouvert=[0-9]+(&vus=[0-9]+)?|depuis=[0-9]+|piece=[0-9.-]+(&entiere=oui)?(&encore=[1-9])?)?"
)  # the list, again; a thumbnail
SHOWING = re.compile(r"images=oui")  # the text of a message, with the pictures from elsewhere
PROXY = re.compile(r"/webmail/distantes/[0-9a-f]+/[0-9]+/")  # the only way to these
FILES = re.compile(r'<a class="file-name[^>]* href="([^"]+/vue/)"')
MOST = 3  # files of one message or file: fifty of one name are the same danger
# They answer others here, or stand behind who does: no key leads to them from the one before in number.
JOINED = {"references_flood", "recipients_2000", "related_image", "sender_absent", "sender_of_10_kilobytes"}
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
FRAMED = """() => {
    const frame = document.querySelector(".viewer iframe.body-frame");
    const letter = frame?.contentDocument;
    return !frame || (letter?.location.pathname.endsWith("/corps/") && letter.readyState === "complete");
}"""
HURT = """() => {
    const stage = document.querySelector(".viewer-stage");
    const letter = stage?.querySelector("iframe.body-frame")?.contentDocument;
    const drawn = stage?.querySelector("img, video, audio, [data-behaviour=pdf-pages]");
    const useful = drawn || stage?.innerText.trim() || letter?.body.innerText.trim();
    return [
        ["canary", window.canari !== undefined || letter?.defaultView.canari !== undefined],
        ["too wide", document.documentElement.scrollWidth > document.documentElement.clientWidth],
        ["its bar gone", !document.querySelector(".viewer-head [data-viewer-close]")?.checkVisibility()],
        ["inside", !!stage?.querySelector("script, object, embed, base, meta")],
        ["in its text", !!letter?.querySelector("script, form, iframe, object, embed")],
        ["nothing to see", !useful],
    ].filter(([, hurt]) => hurt).map(([name]) => name);
}"""
ALONE = """() => [
    ["canary", window.canari !== undefined],
    ["inside", !!document.querySelector("script, form, iframe, object, embed")],
    ["a picture from elsewhere", [...document.images].some(({src}) => /^[a-z]+:/.test(src)
        && !src.startsWith(location.origin) && !src.startsWith("data:"))],
].filter(([, harmed]) => harmed).map(([name]) => name)"""
HARMED = """() => [
    ["canary", window.canari !== undefined],
    ["too wide", document.documentElement.scrollWidth > document.documentElement.clientWidth],
    ["toolbar gone", !document.querySelector("#lecture .toolbar")?.checkVisibility()],
    ["inside", !!document.querySelector("#lecture iframe")?.contentDocument?.querySelector("script, form, iframe")],
].filter(([, harmed]) => harmed).map(([name]) => name)"""


class Trap:
    """Remembers whatever a message does, and what the visitor complains of. `shows`: pictures from elsewhere may be
    asked for, through the proxy alone."""

    def __init__(self, visitor: Visitor, *, shows: bool = False) -> None:
        self.visitor = visitor
        self._shows = shows
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
        if parts.scheme in {"http", "https"} and not self._ours(parts.path, parts.query):
            self._sprung.append(f"request: {request.url}")

    def _ours(self, path: str, query: str) -> bool:
        if self._shows and PROXY.fullmatch(path):
            return True
        return bool(OURS.fullmatch(path) and (QUERY.fullmatch(query) or (self._shows and SHOWING.fullmatch(query))))


@pytest.fixture(scope="module")
def numbers(demo: Demo) -> dict[str, int]:
    """All of them hung in one folder: the number of each."""
    made = put(demo, demo.account("teacher"), (specimen.make() for specimen in SPECIMENS), FOLDER)
    return dict(zip((specimen.name for specimen in SPECIMENS), made, strict=True))


@pytest.fixture
def in_the_museum(at_the_desk: Callable[..., tuple[Visitor, Desk]], numbers: dict[str, int]) -> tuple[Visitor, str]:
    """And the address of that folder."""
    visitor, desk = at_the_desk()
    desk.open_folder(FOLDER)
    assert len(numbers) == len(SPECIMENS)
    return visitor, urlsplit(visitor.page.url).path


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_specimen_does_anything(in_the_museum: tuple[Visitor, str], numbers: dict[str, int]) -> None:
    visitor, folder = in_the_museum
    trap = Trap(visitor)
    assert trap.sprung() == []
    wrong = {}
    for place, specimen in enumerate(reversed(SPECIMENS)):
        alone = specimen.name in JOINED
        if place == 0 or alone:
            visitor.go(f"{folder}{numbers[specimen.name]}/")
        else:
            visitor.page.keyboard.press("j")
        there = [] if alone else arrive(visitor.page, numbers[specimen.name])
        if found := [*there, *trap.sprung(), *seen(visitor.page, specimen)]:
            wrong[specimen.name] = found
    assert wrong == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_file_of_a_specimen_does_anything(in_the_museum: tuple[Visitor, str], numbers: dict[str, int]) -> None:
    """In the viewer, with what lies inside it; then apart, where our own list lets it be opened so."""
    visitor, folder = in_the_museum
    page = visitor.page
    with visitor.forgiving("console: Warning: "):  # what the reader of PDF says of a damaged one
        trap = Trap(visitor)
        wrong, opened = {}, 0
        for specimen in SPECIMENS:
            waiting = files_in(visitor, f"{folder}{numbers[specimen.name]}/")
            while waiting:
                opened += 1
                place = waiting.pop(0)
                page.goto(visitor.demo.web + place)
                if "corps/" in page.content():
                    page.wait_for_function(FRAMED)
                waiting += [unescape(one) for one in FILES.findall(page.content())][:MOST]
                if found := [*page.evaluate(HURT), *apart(visitor, place), *quiet(trap)]:
                    wrong[f"{specimen.name}: {place}"] = found
    assert wrong == {}
    assert opened > len([one for one in SPECIMENS if one.name.startswith("attachment_")])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_specimen_does_anything_with_its_images_shown(
    in_the_museum: tuple[Visitor, str], numbers: dict[str, int]
) -> None:
    """As a document of its own, without the sandbox of the frame that holds it in the reader: our policy and the
    cleaner stand alone. The proxy is answered for here; what it asks for itself is the fetcher's tests'."""
    visitor, folder = in_the_museum
    page, asked = visitor.page, [0]

    def picture(route: Route) -> None:
        asked[0] += 1
        route.fulfill(status=200, body=PNG, content_type="image/png")

    page.route("**/webmail/distantes/**", picture)
    trap = Trap(visitor, shows=True)
    wrong = {}
    for specimen in SPECIMENS:
        answer = page.goto(f"{visitor.demo.web}{folder}{numbers[specimen.name]}/corps/?images=oui")
        if answer is not None and answer.status == 404:  # it has no formatted text
            trap.sprung()
            continue
        page.mouse.move(40, 40)
        if found := [*page.evaluate(ALONE), *trap.sprung()]:
            wrong[specimen.name] = found
    assert wrong == {}
    assert asked[0] > 0


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
    text = re.sub(r"\s+", "", page.evaluate(SHOWN))  # the end of a file's name stands apart
    hidden = [words for words in specimen.shown if re.sub(r"\s+", "", words) not in text]
    return [*page.evaluate(HARMED), *(f"not shown: {words}" for words in hidden)]


def files_in(visitor: Visitor, place: str) -> list[str]:
    """The addresses in the viewer of what this message holds, out of its page."""
    answer = visitor.context.request.get(visitor.demo.web + place)
    assert answer.status == 200, place
    return [unescape(one) for one in FILES.findall(answer.text())][:MOST]


def apart(visitor: Visitor, place: str) -> list[str]:
    """A file opened in a page of its own; PDF is left to the viewer, as this browser has no reader for one here."""
    raw = visitor.demo.web + place.removesuffix("vue/")
    told = visitor.context.request.get(raw)
    if not told.headers.get("content-disposition", "").startswith("inline"):
        return []
    kind = told.headers["content-type"]
    loose = [] if "default-src 'none'" in told.headers.get("content-security-policy", "") else ["no policy"]
    if kind == "application/pdf":
        return loose
    visitor.page.goto(raw)
    ran = visitor.page.evaluate("window.canari !== undefined || !!document.querySelector('script, iframe, svg')")
    return [*loose, *(["it ran apart"] if ran else [])]


def quiet(trap: Trap) -> list[str]:
    """What the trap caught, less what is said of damage."""
    known = trap.visitor.forgiven
    return [one for one in trap.sprung() if not any(pattern.search(one) for pattern in known)]
