"""The new word in a real Chromium, with the scripts as built: a page of I-Prof takes it from a refusal."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from playwright.sync_api import Route, expect, sync_playwright

from vaguemestre.mailbox.testing.chromium import CHROMIUM

SCRIPT = settings.BASE_DIR / "build" / "assets" / "app.js"
LEFT = SimpleNamespace(
    stays="career:staying", leaves="career:signout", asks_in=600, is_soon=True, for_good=False, ends_at=timezone.now()
)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists() or not SCRIPT.exists(), reason="needs Chromium and the scripts")


def test_a_page_of_i_prof_takes_the_new_word_and_says_so() -> None:
    part = render_to_string("accounts/sessions/expiry_warning.html", {"left": LEFT, "csrf_token": "former"})
    late = render_to_string("accounts/signin/reauthentication_dialog.html#late", {"csrf_token": "renewed"})
    said = {"HX-Retarget": "#nouveau-mot", "HX-Reswap": "innerHTML", "Content-Type": "text/html; charset=utf-8"}
    page_text = (
        "<!doctype html><meta charset=utf-8><script src=/app.js type=module></script>"
        f"""<body hx-headers:inherited='{{"X-CSRFToken": "former"}}'>"""
        f'<div id="nouveau-mot" aria-live="polite"></div>{part}'
    )

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=403, headers=said, body=late)
        elif route.request.url.endswith("/app.js"):
            route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        elif "delai" in route.request.url:
            # the part asks again by itself, and what it is answered holds the new word too
            route.fulfill(status=204)
        else:
            route.fulfill(body=page_text, content_type="text/html; charset=utf-8")

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto("https://page.example/iprof/", wait_until="load")
        page.locator("#delai form[hx-post] button").click()
        expect(page.locator("#nouveau-mot .toast")).to_be_attached()
        expect(page.locator("#delai form[hx-post] input[name=csrfmiddlewaretoken]")).to_have_value("renewed")
        browser.close()
