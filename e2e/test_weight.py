"""The first visit to the inbox, counted on the wire: at most 150 KB and 12 requests, all to one host."""

from urllib.parse import urlsplit

import pytest

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
BYTES, REQUESTS = 150_000, 12


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
    urls = {key: url for key, url in asked.items() if urlsplit(url).scheme in {"http", "https"}}
    report = "\n".join(f"{weighed.get(key, 0):>8.0f} {url}" for key, url in urls.items())
    assert len(urls) <= REQUESTS, report
    assert sum(weighed.values()) <= BYTES, report
    assert {urlsplit(url).netloc for url in urls.values()} == {urlsplit(demo.web).netloc}
