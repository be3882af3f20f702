"""A person at a browser: signs in, looks at pages, and notes whatever a page complains of."""

import itertools
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error as PlaywrightError,
    Page,
    Request,
    Response,
    expect,
)

from vaguemestre.launcher.testing import Demo

type Account = dict[str, str]
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
# A key's counter only goes up, from one story and one run to the next as well: two sign-ins may fall into one second,
# and each story may prove itself a few times more.
_COUNTS = itertools.count(int(time.time()), 10)
AT_REST = """() => document.getAnimations()
  .filter(({effect}) => effect.getComputedTiming().endTime !== Infinity).forEach((one) => one.finish())"""
# What RGAA 10.12 lets a reader ask for, and what would then be cut. An ellipsis cuts a title that is whole elsewhere.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets.push(sheet);
  const hides = (how) => how === "hidden" || how === "clip";
  const cut = [...document.querySelectorAll("body *")].filter((one) => {
    if (!one.checkVisibility({visibilityProperty: true}) || !one.innerText?.trim()) return false;
    if (one.clientWidth <= 1) return false;
    const {overflowX, overflowY, textOverflow} = getComputedStyle(one);
    const wide = hides(overflowX) && textOverflow !== "ellipsis" && one.scrollWidth > one.clientWidth + 1;
    return wide || (hides(overflowY) && one.scrollHeight > one.clientHeight + 2);
  }).map((one) => one.outerHTML.slice(0, 120));
  const extra = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  document.adoptedStyleSheets.pop();
  return extra > 0 ? [...cut, `${extra} px too wide`] : cut;
}"""
# Frames are not looked into, and the tool need not wait half a second for each to say that it is there.
AXE = """([within, options]) => axe.run(within ?? document, options).then(({violations}) => violations)"""
AXE_OPTIONS = {"resultTypes": ["violations"], "pingWaitTime": 1}
# Chromium says these of pages that are right.
HARMLESS = (re.compile(r"Autofocus processing was blocked"),)


@dataclass
class Visitor:
    demo: Demo
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    forgiven: list[re.Pattern[str]] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)  # addresses that told a page in the background: nobody is signed in

    def listen(self) -> None:
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        self.context.on("request", self._request)
        self.context.on("response", self._response)

    def go(self, path: str) -> None:
        self.page.goto(self.demo.web + path)

    def sign_in(self, account: Account, *, name: str = "identifier", password: str | None = None) -> None:
        """On the page that asks for it, wherever one came from."""
        self.page.get_by_label("Identifiant").fill(account[name])
        self.page.get_by_label(re.compile("^Mot de passe")).fill(password or account["password"])
        self.page.evaluate("() => document.body.setAttribute('data-door', '')")
        self.page.get_by_role("button", name="Valider").click()
        self.page.locator("body:not([data-door])").wait_for(state="attached")  # good or not, another page comes
        if "passkey_id" in account and not password:
            self.show_passkey(account)

    def come_in(self, account: Account, path: str) -> None:
        """Signed in by the same request as from the page of sign-in, which is not drawn: for stories about the rest."""
        if "passkey_id" in account:
            self.go(path)
            self.sign_in(account)
            return
        door, asks = f"{self.demo.web}/session/", self.context.request
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', asks.get(door).text())
        form: dict[str, str | float | bool] = {
            "identifiant": account["identifier"],
            "secret": account["password"],
            "next": path,
        }
        form["csrfmiddlewaretoken"] = token[1] if token else ""
        said = asks.post(door, form=form, headers={"Referer": door}, max_redirects=0)
        assert said.headers.get("location") == path, said
        self.go(path)

    def show_passkey(self, account: Account) -> None:
        """The second step of a demo's agent, with an authenticator that holds the key of `endpoints.json`."""
        wire = self.context.new_cdp_session(self.page)
        wire.send("WebAuthn.enable")
        holder = wire.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
        credential = {
            "credentialId": account["passkey_id"], "isResidentCredential": True, "rpId": "localhost",
            "privateKey": account["passkey_private"], "userHandle": account["passkey_holder"],
            "signCount": next(_COUNTS),
        }  # fmt: skip
        wire.send("WebAuthn.addCredential", {"authenticatorId": holder, "credential": credential})
        self.page.get_by_role("button", name="Utiliser une clé d’accès").click()
        expect(self.page).not_to_have_url(re.compile("/session/"))

    def sign_out(self) -> None:
        """What the page asked for at that very moment, because mail came, is refused: nobody sees it any more."""
        with self.forgiving("status: 401|status of 401"):
            self.page.get_by_role("button", name="Se déconnecter").first.click()
            expect(self.page).to_have_url(re.compile("/session/|/iprof/fin/"))

    def fits(self) -> None:
        """Nothing scrolls sideways."""
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        extra = self._on_the_page_that_stays(lambda: self.page.evaluate(width))
        assert extra <= 0, f"{self.page.url} is {extra} px too wide"

    def spaced(self) -> None:
        """Text that its reader spaces out is still whole."""
        cut = self._on_the_page_that_stays(lambda: self.page.evaluate(SPACED))
        assert not cut, f"{self.page.url}: {cut}"

    def axe(self, within: str | None = None, *, page: Page | None = None) -> None:
        """The automatic tool finds nothing on this page as it stands, or in the part that has just opened; or on
        another page, which a link opened."""
        looked_at = page or self.page
        self._on_the_page_that_stays(lambda: looked_at.evaluate(AT_REST))  # a colour on its way to another is neither
        found = self._on_the_page_that_stays(lambda: _violations(looked_at, within))
        assert not found, f"{looked_at.url}\n{_in_words(found)}"

    def _on_the_page_that_stays[T](self, look: Callable[[], T]) -> T:
        """What was pressed just before may still lead elsewhere: the page that was looked at is gone, so look again."""
        try:
            return look()
        except PlaywrightError as gone:
            if "context was destroyed" not in gone.message:
                raise
        self.page.wait_for_load_state()
        return look()

    @contextmanager
    def forgiving(self, pattern: str) -> Iterator[None]:
        """Complaints that belong to the fault which the story makes."""
        known = re.compile(pattern)
        self.forgiven.append(known)
        yield

    @contextmanager
    def slow_network(self) -> Iterator[None]:
        """So slow that what moves is seen: 2 MB a second."""
        wire = self.context.new_cdp_session(self.page)
        conditions = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 2_000_000}
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", conditions)
        yield
        wire.send("Network.emulateNetworkConditions", {**conditions, "latency": 0, "uploadThroughput": -1})

    def leave(self) -> None:
        """The end of the story: nothing was complained of."""
        self.context.close()
        left = [said for said in self.complaints if not any(known.search(said) for known in self.forgiven)]
        left = [said for said in left if not any(said.endswith(f"401 () {address}") for address in self.ended)]
        assert not left, "\n".join(left)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(known.search(message.text) for known in HARMLESS):
            self.complaints.append(f"console: {message.text} {message.location['url']}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" != self.demo.web:
            self.complaints.append(f"another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status == 401 and "x-background-refresh" in response.request.headers:
            self.ended.add(response.url)
        elif response.status >= 400:
            self.complaints.append(f"status: {response.status} {response.url}")


def _violations(page: Page, within: str | None) -> list[dict[str, Any]]:
    if not page.evaluate("() => 'axe' in window"):  # on a page that changes it stays, and its half megabyte passes once
        page.evaluate(Axe().axe_script)
    return list(page.evaluate(AXE, [within, AXE_OPTIONS]))


def _in_words(violations: Sequence[dict[str, Any]]) -> str:
    return "\n".join(
        f"{found['id']}: {found['help']}\n  " + "\n  ".join(json.dumps(node["html"])[:200] for node in found["nodes"])
        for found in violations
    )
