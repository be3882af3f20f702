"""What a person waits for, in a real Chromium: from the click to what is painted, beside Debian's Roundcube and SOGo.

    python -m bench.browser DATA [--rounds 15] [--alone]

DATA is the folder of a running demo. Medians of so many rounds: sign-in to the painted list, a folder's click to its
painted list, a row's click to the painted body (HTML of 20 KB); then the weight of a first visit and the layout shift
that the browser itself counts. All take their turn in each round. The peers are as `bench.mix` has them. Loopback;
browser and servers share the two cores.
"""

import argparse
import base64
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, Request, sync_playwright

from bench import plain_imap, roundcube, sogo
from bench.opening import html_letter
from vaguemestre.mailbox.testing.chromium import CHROMIUM

FOLDERS = ("Mesure image A", "Mesure image B")
LETTERS = 60
HELD = 80  # milliseconds between a button's going down and its coming up: what a hand takes
# From the click (the button comes up): frame after frame until the wanted state, then the frame that paints it.
CLICKED = """(state) => {
  const reached = new Function('return ' + state);
  window.waited = new Promise((done, never) => addEventListener('click', async ({timeStamp}) => {
    while (!reached()) {
      await new Promise((next) => requestAnimationFrame(next));
      if (performance.now() - timeStamp > 10000) never(new Error('never: ' + state));
    }
    await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
    done(performance.now() - timeStamp);
  }, {once: true, capture: true}));
}"""
# Where a program leaves its page for another: when the button was pressed, told where it leads.
PRESSED = """addEventListener('click', (event) => {
  if (event.isTrusted) window.name = performance.timeOrigin + event.timeStamp;
}, true);"""
SINCE = "() => Number(window.name)"
SHIFTS = """new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted = (window.shifted || 0) + one.value;
}).observe({type: 'layout-shift', buffered: true});"""


@dataclass
class Program:
    """How one does these three things in it, and how long each took."""

    title: str
    sign_in: Callable[[Page], float]
    open_folder: Callable[[Page, str], float]
    open_row: Callable[[Page, int], float]
    signing: list[float] = field(default_factory=list)
    listing: list[float] = field(default_factory=list)
    opening: list[float] = field(default_factory=list)
    requests: int = 0
    weight: int = 0
    shifted: float = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))  # what was started is stopped
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    key, folders = _filled(person["identifier"])
    with sync_playwright() as playwright, ExitStack() as serving:
        trust = f"--ignore-certificate-errors-spki-list={_pin(options.data / 'tls' / 'server.pem')}"
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", trust])
        programs = [_ours(endpoints, person, folders)]
        if not options.alone:
            imap = serving.enter_context(plain_imap.serving(options.data))
            origin, *_processes = serving.enter_context(roundcube.serving(imap, options.data))
            programs.append(_roundcube(origin, key, imap.password))
            origin, *_processes = serving.enter_context(sogo.serving(imap, options.data))
            programs.append(_sogo(origin, key, imap.password))
        _measure(chromium, programs, options.rounds)
        chromium.close()
    _report(programs)


def _pin(certificate: Path) -> str:
    """The key whose certificate is taken for a good one. Where errors are merely overlooked, the browser keeps nothing
    that it fetched, neither scripts nor styles: that would measure the demo's own certificate."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def _filled(identifier: str) -> tuple[str, dict[str, str]]:
    """Two folders of letters in HTML, each of 20 KB."""
    from vaguemestre.accounts.models import Account
    from vaguemestre.mailbox.values import SEEN, FolderName
    from vaguemestre.webmail.connection import pool

    key = Account.objects.get(identifier=identifier).key
    made = {}
    with pool().session(key) as session:
        for name in FOLDERS:
            known = next((folder for folder in session.folders() if folder.name == name), None)
            folder = known or session.create(FolderName(name))
            assert folder.id is not None
            for number in range(folder.total, LETTERS):
                session.append(folder.id, html_letter(f"{name} {number}", 20_000), flags=[SEEN])
            made[name] = str(folder.id)
    return key, made


def _ours(endpoints: dict[str, Any], person: dict[str, str], folders: dict[str, str]) -> Program:
    def sign_in(page: Page) -> float:
        page.goto(f"{endpoints['web']}/webmail/", wait_until="networkidle")  # to type takes seconds
        page.get_by_label("Identifiant").fill(person["identifier"])
        page.get_by_label("Mot de passe ou code OTP").fill(person["password"])
        return _clicked(page, "button[type=submit].button-primary", "document.querySelector('#lignes .row')")

    def open_folder(page: Page, name: str) -> float:
        state = (
            f"document.querySelector('#titre-liste').textContent.trim() === '{name}' && document.querySelector('.row')"
        )
        return _clicked(page, f'.folder[href*="{folders[name]}"]', state)

    def open_row(page: Page, place: int) -> float:
        row = f".row-link >> nth={place}"
        body = page.locator(row).evaluate("row => row.pathname") + "corps/"
        state = (  # another message's frame does not count, nor one that is still hidden until its height is known
            "document.querySelector('.reader .body-frame')?.style.height && "
            f"document.querySelector('.body-frame')?.contentDocument?.location.pathname === {json.dumps(body)} && "
            "document.querySelector('.body-frame').contentDocument.readyState === 'complete' && "
            "document.querySelector('.body-frame').contentDocument.body.textContent.length > 1000"
        )
        return _clicked(page, row, state)

    return Program("Vaguemestre", sign_in, open_folder, open_row)


def _roundcube(origin: str, key: str, password: str) -> Program:
    def sign_in(page: Page) -> float:
        page.goto(f"{origin}/?_task=login", wait_until="networkidle")
        page.fill("#rcmloginuser", key)
        page.fill("#rcmloginpwd", password)
        page.click("#rcmloginsubmit")
        page.wait_for_selector("#messagelist tbody tr", state="attached")
        return float(page.evaluate("() => performance.timeOrigin + performance.now()")) - float(page.evaluate(SINCE))

    def open_folder(page: Page, name: str) -> float:
        state = f"rcmail.env.mailbox === '{name}' && !rcmail.busy && document.querySelector('#messagelist tbody tr')"
        return _clicked(page, f'#mailboxlist a[rel="{name}"]', state)

    def open_row(page: Page, place: int) -> float:
        page.evaluate("() => { document.querySelector('#messagecontframe').contentDocument.open(); }")
        state = (
            "document.querySelector('#messagecontframe').contentDocument?.readyState === 'complete' && "
            "document.querySelector('#messagecontframe').contentDocument.querySelector('#messagebody')"
        )
        return _clicked(page, f"#messagelist tbody tr >> nth={place}", state)

    return Program("Roundcube", sign_in, open_folder, open_row)


def _sogo(origin: str, key: str, password: str) -> Program:
    rows = ".sg-message-list-item"

    def sign_in(page: Page) -> float:
        page.goto(f"{origin}/SOGo/", wait_until="networkidle")
        page.fill("[ng-model='app.creds.username']", key)
        page.fill("[ng-model='app.creds.password']", password)
        page.click("button[type=submit]")
        page.wait_for_selector(f"{rows}:has-text(' ')", state="attached")
        return float(page.evaluate("() => performance.timeOrigin + performance.now()")) - float(page.evaluate(SINCE))

    def open_folder(page: Page, name: str) -> float:
        state = f"document.querySelector('{rows} [class*=subject], {rows}')?.textContent.includes('{name} ')"
        return _clicked(page, f".sg-item-name:has-text('{name}')", state)

    def open_row(page: Page, place: int) -> float:
        row = f"{rows} >> nth={place % 11}"  # only those in sight are there
        said = json.dumps(page.locator(row).get_attribute("aria-label"))
        state = (
            "document.querySelector('.msg-body')?.textContent.length > 1000 && "
            f"RegExp({said} + '(?![0-9])').test(document.querySelector('[ui-view=message]').textContent)"
        )
        return _clicked(page, row, state)

    return Program("SOGo", sign_in, open_folder, open_row)


def _measure(chromium: Browser, programs: list[Program], rounds: int) -> None:
    """The page of the first visit stays, for the lists and messages."""
    pages = []
    for turn in range(5):
        for program in programs:
            page = _new_page(chromium)
            requests = _noted(page)
            program.signing.append(program.sign_in(page))
            page.wait_for_timeout(700)  # what is fetched once the list is there
            if turn == 0:
                program.requests, program.weight = _crossed(requests), sum(map(_weight, requests))
                pages.append(page)
            else:
                page.context.close()
    for number in range(rounds + 2):
        for program, page in zip(programs, pages, strict=True):
            page.bring_to_front()
            _round(program, page, number)
    for program, page in zip(programs, pages, strict=True):
        program.shifted = float(page.evaluate("() => window.shifted || 0"))


def _noted(page: Page) -> list[Request]:
    found: list[Request] = []
    page.on("requestfinished", lambda request: found.append(request))
    return found


def _round(program: Program, page: Page, number: int) -> None:
    """The first two are not counted."""
    times = [program.open_folder(page, name) for name in FOLDERS]
    opened = [program.open_row(page, place) for place in (number % 10 + 1, number % 10 + 12)]
    page.wait_for_timeout(200)
    if number >= 2:
        program.listing += times
        program.opening += opened


def _new_page(chromium: Browser) -> Page:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    context.add_init_script(SHIFTS)
    context.add_init_script(PRESSED)
    return context.new_page()


def _clicked(page: Page, selector: str, state: str) -> float:
    """By hand: the pointer goes there, the button goes down and comes up."""
    place = page.locator(selector).first
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.evaluate(CLICKED, state)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(HELD)
    page.mouse.up()
    return float(page.evaluate("() => window.waited"))


def _crossed(requests: list[Request]) -> int:
    """A second page takes its scripts, styles and pictures from the browser's memory."""
    kept = [request.url for request in requests if request.resource_type not in {"document", "xhr", "fetch"}]
    return len(requests) - len(kept) + len(set(kept))


def _weight(request: Request) -> int:
    sizes = request.sizes()
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])


def _report(programs: list[Program]) -> None:
    print("| | sign-in to list | click to list | click to body | first visit | layout shift |")
    print("|---|---|---|---|---|---|")
    for one in programs:
        times = " | ".join(f"{median(some):.0f} ms" for some in (one.signing, one.listing, one.opening))
        print(f"| {one.title} | {times} | {one.weight / 1024:.0f} KB, {one.requests} requests | {one.shifted:.3f} |")


if __name__ == "__main__":
    main()
