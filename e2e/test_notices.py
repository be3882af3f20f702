"""Notices of new mail on the screen, in the whole browser: without windows it allows none."""

import uuid
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Playwright, expect

from e2e.chromium import Chromium
from e2e.desk import Desk
from e2e.post import deliver, in_the_end
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]
# The page believes that nobody looks at it, and notes what it would have shown on the screen.
AWAY = """() => {
  Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
  window.shown = [];
  const {prototype} = ServiceWorkerRegistration, own = prototype.showNotification;
  prototype.showNotification = function (title, options) {
    window.shown.push(`${title}|${options.body}`);
    window.leads = options.data;
    return own.call(this, title, options);
  };
}"""
# In the service worker: what the browser says to it when the notice is pressed.
PRESSED = """leads => self.dispatchEvent(Object.assign(new Event("notificationclick"), {
  notification: { data: leads, close() {} }, waitUntil() {},
}))"""
WORKERS = "navigator.serviceWorker.getRegistrations().then(found => found.map(({scope}) => new URL(scope).pathname))"


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Chromium]:
    with Chromium(playwright, "/usr/bin/chromium") as whole:
        yield whole


def test_a_notice_for_who_looks_elsewhere_and_the_number_in_the_title(at_the_desk: Sit, demo: Demo) -> None:
    visitor, desk = at_the_desk("teacher")
    visitor.context.grant_permissions(["notifications"])
    page = desk.page
    visitor.go("/webmail/reglages/arrivee/")
    expect(page.get_by_text("Ce navigateur peut afficher des annonces.")).to_be_visible()
    page.get_by_label("Montrer qui écrit, et l’objet").check()
    page.get_by_label("Commencer par le nombre").check()
    visitor.axe()
    page.get_by_role("button", name="Enregistrer").click()
    desk.toast("Choix enregistré")
    visitor.go("/webmail/")
    desk.wait()
    before = page.title()
    in_the_end(lambda: page.evaluate(WORKERS) == ["/webmail/"], seconds=15, every=0.1, page=page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(AWAY)
    subject = f"Urgent {uuid.uuid4().hex[:6]}"
    deliver(demo, to=demo.account("teacher")["address"], subject=subject)
    in_the_end(lambda: f"Sophie Marchand|{subject}" in page.evaluate("window.shown"), seconds=30)
    assert len(page.evaluate("window.shown")) == 1
    desk.wait_for(subject)
    in_the_end(lambda: page.title() != before and page.title().startswith("("), seconds=15)
    visitor.context.service_workers[0].evaluate(PRESSED, page.evaluate("window.leads"))
    expect(page.locator("#objet")).to_have_text(subject)
    visitor.go("/webmail/reglages/arrivee/")
    page.get_by_label("Ne rien afficher").check()
    page.get_by_label("Commencer par le nombre").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    desk.toast("Choix enregistré")
    visitor.go("/webmail/")
    in_the_end(lambda: page.evaluate(WORKERS) == [], seconds=15, every=0.1, page=page)


def test_who_signs_out_leaves_no_notice_behind(at_the_desk: Sit) -> None:
    visitor, desk = at_the_desk("school-head")
    visitor.context.grant_permissions(["notifications"])
    page = desk.page
    choose_notices(visitor, "Dire seulement")
    visitor.go("/webmail/")
    in_the_end(lambda: page.evaluate(WORKERS) == ["/webmail/"], seconds=15, every=0.1, page=page)
    choose_notices(visitor, "Ne rien afficher")
    assert page.evaluate(WORKERS) == ["/webmail/"]  # until a page of the mail is drawn without it
    visitor.sign_out()
    in_the_end(lambda: page.evaluate(WORKERS) == [], seconds=15, every=0.1, page=page)


def choose_notices(visitor: Visitor, words: str) -> None:
    visitor.go("/webmail/reglages/arrivee/")
    visitor.page.get_by_label(words).check()
    visitor.page.get_by_role("button", name="Enregistrer").click()
    expect(visitor.page.locator("#annonces")).to_contain_text("Choix enregistré")
