"""The first visit to the inbox, counted on the wire: at most 125 KB and 12 requests, all to one host; from the sign-in
page 150 KB. What a letter or a file wears is not among them, nor what rows wear that other stories left: small
pictures of files, rarer icons."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
BYTES, REQUESTS = 150_000, 12
ROWS_WEAR = re.compile(r"/webmail/miniatures/|/rare\.")
RARE_ICONS = """() => [...document.querySelectorAll('use[href*="/rare."]')].filter(one => !one.closest('.row, .notice'))
  .map(one => one.getAttribute('href'))"""
INBOX_BYTES = 125_000  # of the demo alone 122,500; stories fill its rows


def test_the_first_visit_is_light(new_visitor: NewVisitor, demo: Demo) -> None:
    """A browser that knows the session but has nothing of the inbox in its cache."""
    visitor = new_visitor()
    visitor.go("/webmail/")
    visitor.sign_in(demo.account("teacher"))
    Desk(visitor.page).wait()
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    asked: dict[str, str] = {}
    weighed: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: weighed.update({event["requestId"]: event["encodedDataLength"]}))
    visitor.go("/webmail/")
    visitor.page.wait_for_load_state("load")
    visitor.page.wait_for_timeout(1500)  # whatever a page may still ask for by itself
    urls = {key: url for key, url in asked.items() if url.startswith("http") and not ROWS_WEAR.search(url)}
    weights = {key: weighed.get(key, 0) for key in urls}
    report = "\n".join(f"{weights[key]:>8.0f} {url}" for key, url in urls.items())
    assert len(urls) <= REQUESTS, report
    assert sum(weights.values()) <= INBOX_BYTES, report
    assert not re.search(r"/(writing|overlays|rooms|pages)\.", report), report
    assert visitor.page.evaluate(RARE_ICONS) == []
    assert {urlsplit(url).netloc for url in urls.values()} == {urlsplit(demo.web).netloc}


def test_so_is_the_way_from_the_sign_in_page(new_visitor: NewVisitor, demo: Demo) -> None:
    """A browser that has nothing: both pages, what leads from one to the other, and all that they ask for. Files that
    never change are counted once: this browser does not keep what comes under the demo's own certificate."""
    visitor = new_visitor()
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.send("Network.enable")
    asked: list[tuple[str, str]] = []
    weighed: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda event: asked.append((event["requestId"], _in_words(event["request"]))))
    wire.on("Network.loadingFinished", lambda event: weighed.update({event["requestId"]: event["encodedDataLength"]}))
    visitor.go("/webmail/")
    expect(visitor.page.get_by_role("heading", name="État des services")).to_be_visible()
    assert visitor.page.evaluate(RARE_ICONS) == []
    with visitor.page.expect_request("**/evenements/*"):
        visitor.sign_in(demo.account("teacher"))
    Desk(visitor.page).wait()
    visitor.page.wait_for_load_state("load")
    stream = next(place for place, (_, one) in enumerate(asked) if "/evenements/" in one)
    worn = {key for key, one in asked if ROWS_WEAR.search(one)}
    # The stream is the last that a page asks for by itself; from then on, mail may come.
    counted = [one for key, one in asked[: stream + 1] if key not in worn]
    files = {one for one in counted if " /static/" in one}
    others = [one for one in counted if re.search(r" /(?!static/)", one)]
    assert len(files) + len(others) <= REQUESTS, "\n".join([*others, *sorted(files)])
    assert sum(size for key, size in weighed.items() if key not in worn) <= BYTES, weighed


def _in_words(request: dict[str, str]) -> str:
    return f"{request['method']} {urlsplit(request['url']).path}"
