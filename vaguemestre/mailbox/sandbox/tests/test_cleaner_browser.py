"""The same vectors in a real Chromium, without the frame and the policy that stand behind: no alert, no request."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Error, Page, Route, sync_playwright

from vaguemestre.mailbox.sandbox.cleaner.allow_list import clean_html
from vaguemestre.mailbox.testing.chromium import CHROMIUM
from vaguemestre.mailbox.testing.rfc_vectors import LEAKS, SCRIPTS

MARK = "0123456789abcdef"


class Watched:
    """A page that remembers each alert and each request to anywhere but itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: list[str] = []
        self.html = ""
        page.on("dialog", self._dismiss)
        page.on("popup", lambda popup: self.seen.append(f"popup {popup.url}"))
        page.route("**/*", self._answer)

    def shown(self, html: str) -> list[str]:
        self.seen.clear()
        self.html = f"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><body>{html}"
        try:
            self.page.goto("https://frame.example/body", wait_until="load")
            self.page.mouse.move(60, 60)
            self.settle()
        except Error as error:  # the page went elsewhere by itself
            self.seen.append(f"left {error.message}")
        return list(self.seen)

    def settle(self) -> None:
        """Handlers of the last event, animations and late loads get two frames to show themselves."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _dismiss(self, dialog: Dialog) -> None:
        self.seen.append(f"alert {dialog.message}")
        dialog.dismiss()

    def _answer(self, route: Route) -> None:
        if route.request.url == "https://frame.example/body":
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
            return
        if not route.request.url.startswith((f"https://{MARK}.invalid/", "data:")):
            self.seen.append(f"request {route.request.url}")
        route.abort()


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Watched(browser.new_page())
        browser.close()


def test_the_watcher_sees(watched: Watched) -> None:
    """Uncleaned, a fair part of the vectors does what it wants: else the tests below would prove nothing."""
    assert "alert 1" in watched.shown(SCRIPTS["onerror"])
    assert watched.shown(LEAKS["image"]) == ["request https://evil.example/a.png"]
    some = [*SCRIPTS.values(), *LEAKS.values()][::4]
    assert sum(bool(watched.shown(html)) for html in some) > len(some) // 4


def test_nothing_acts(watched: Watched) -> None:
    results = {name: clean_html(html, MARK)[0] for name, html in (SCRIPTS | LEAKS).items()}
    if not watched.shown("<hr>".join(results.values())):
        return
    acting = {name: watched.shown(result) for name, result in results.items()}
    assert {name: seen for name, seen in acting.items() if seen} == {}


def test_nothing_acts_when_a_script_puts_it_into_a_page(watched: Watched) -> None:
    """As a reply quotes it: each beside other text, parsed as a fragment."""
    vectors = (SCRIPTS | LEAKS).values()
    results = [clean_html(f"<table><tr><td>{html}</td></tr></table><p>{html}", MARK)[0] for html in vectors]
    assert watched.shown("") == []
    watched.page.evaluate(
        "texts => texts.forEach(text => { document.body.appendChild(document.createElement('div')).innerHTML = text })",
        results,
    )
    watched.settle()
    assert watched.seen == []
