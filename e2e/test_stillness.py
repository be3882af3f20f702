"""Nothing moves by itself: what the browser counts as layout shift, on first visits and after a press."""

import uuid
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import put
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
SCREENS: dict[str, dict[str, Any]] = {
    "desk": {},
    "telephone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
MOST = 0.01  # of the screen times the way it went; a line that moves by a line is about 0.001
# All that the browser has noted since the document was there: of one that arrives, a busy machine paints a half first.
# What follows a press counts as well: a browser forgives it for half a second only, and a busy machine is slower.
MOVED = """() => {
  const noted = new PerformanceObserver(() => {});
  noted.observe({type: 'layout-shift', buffered: true});
  const there = performance.getEntriesByType('navigation')[0].domInteractive;
  return noted.takeRecords().filter((one) => one.startTime >= there).map((one) => ({
    value: one.value,
    what: one.sources.map(({node, previousRect: from, currentRect: to}) =>
      `${node?.parentElement?.className} > ${node?.className}: ${from.y} -> ${to.y}`),
  }));
}"""
MEASURED = """() => document.fonts.status === 'loaded' && [...document.querySelectorAll('.body-frame')].every(
  (frame) => frame.style.height && frame.contentDocument.readyState === 'complete')"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


def still(page: Page) -> None:
    """Once all is there, painted and counted."""
    page.wait_for_load_state("load")
    page.wait_for_function(MEASURED)
    page.evaluate(TWO_FRAMES)
    moved = page.evaluate(MOVED)
    assert sum(one["value"] for one in moved) < MOST, moved


def newsletter(address: str, subject: str, lines: int = 1) -> bytes:
    """Formatted, longer than a screen, with remote images that are told above it and a file below it."""
    message = EmailMessage()
    message["From"] = "Librairie <lettre@librairie.example>"
    message["To"] = address
    message["Subject"] = subject
    message["Message-ID"] = f"<{uuid.uuid4().hex}@librairie.example>"
    message.set_content("Bonjour.")
    image = '<img src="https://librairie.example/une.png" width="300" height="100">'
    message.add_alternative(f"<h1>{subject}</h1>{image}{'<p>Une nouveauté.</p>' * lines}", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Programme.pdf")
    return message.as_bytes().replace(b"\n", b"\r\n")


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_moves_where_one_signs_in(new_visitor: NewVisitor, screen: str) -> None:
    """The button of a passkey, and what the services say, come after the page."""
    visitor = new_visitor(**SCREENS[screen])
    visitor.go("/session/")
    expect(visitor.page.get_by_role("button", name="Utiliser une clé d’accès")).to_be_visible()
    expect(visitor.page.get_by_text("Voir le détail")).to_be_visible()
    still(visitor.page)


def test_the_newest_is_shown_under_a_formatted_message(new_visitor: NewVisitor, demo: Demo) -> None:
    """What stands above has its height only once its text is there."""
    teacher, word = demo.account("teacher"), uuid.uuid4().hex[:6]
    older = newsletter(teacher["address"], f"Sortie {word}", lines=60)
    named = str(message_from_bytes(older)["Message-ID"])
    newer = f"From: Anne <anne@librairie.example>\r\nSubject: Re: Sortie {word}\r\nReferences: {named}\r\n\r\n"
    put(demo, teacher, [older, (newer + "Bonjour.\r\n" * 100).encode()], f'"Suite {word}"')
    visitor = new_visitor()
    visitor.go("/webmail/")
    visitor.sign_in(teacher)
    page, desk = visitor.page, Desk(visitor.page)
    desk.open_folder(f"Suite {word}")
    desk.open(f"Re: Sortie {word}")
    expect(desk.formatted.get_by_role("heading", name=f"Sortie {word}")).to_be_visible()
    page.goto(f"{page.url}?deplier=tout")  # both are read: the newest is looked for
    expect(desk.reader.locator(".message-folded")).to_have_count(0)
    still(page)
    page.wait_for_function("""() => {
      const newest = document.querySelector('[data-arrive]');
      const top = newest.closest('.scroll').getBoundingClientRect().top;
      return newest.matches('.message:last-of-type') && Math.abs(newest.getBoundingClientRect().top - top) < 2;
    }""")


@pytest.fixture(params=SCREENS, name="seat")
def sit_down(
    request: pytest.FixtureRequest, new_visitor: NewVisitor, demo: Demo
) -> Callable[[], tuple[Visitor, Desk, str]]:
    """In front of a folder with two such mails and a letter, on either screen."""

    def sit() -> tuple[Visitor, Desk, str]:
        teacher, word = demo.account("teacher"), uuid.uuid4().hex[:6]
        letter = b"From: Anne <anne@librairie.example>\r\nSubject: Lettre %s\r\n\r\nBonjour.\r\n" % word.encode()
        mails = [newsletter(teacher["address"], f"{name} {word}") for name in ("Mai", "Juin")]
        put(demo, teacher, [*mails, letter], f'"Calme {word}"')
        visitor = new_visitor(**SCREENS[request.param])
        visitor.go("/webmail/")
        visitor.sign_in(teacher)
        desk = Desk(visitor.page)
        desk.wait()
        return visitor, desk, word

    return sit


def test_nothing_moves_on_a_first_visit(seat: Callable[[], tuple[Visitor, Desk, str]]) -> None:
    visitor, desk, word = seat()
    still(visitor.page)
    place = visitor.page.get_by_title(f"Calme {word}").get_attribute("href")
    visitor.go(str(place))
    still(visitor.page)
    for name in ("Mai", "Lettre"):
        visitor.go(str(desk.row(f"{name} {word}").locator(".row-link").get_attribute("href")))
        expect(visitor.page.locator("#objet")).to_have_text(f"{name} {word}")
        still(visitor.page)
        visitor.go(str(place))


def test_nothing_moves_when_a_message_is_opened(seat: Callable[[], tuple[Visitor, Desk, str]]) -> None:
    visitor, desk, word = seat()
    page = visitor.page
    place = page.get_by_title(f"Calme {word}").get_attribute("href")
    visitor.go(str(place))
    still(page)
    desk.open(f"Mai {word}")
    expect(desk.formatted.get_by_role("heading", name=f"Mai {word}")).to_be_visible()
    expect(desk.reader.locator(".file")).to_be_visible()
    still(page)
