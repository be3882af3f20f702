"""A browser that crashes costs one story."""

import pytest
from playwright.sync_api import Error, Playwright

from e2e.chromium import Chromium

pytestmark = pytest.mark.browser


def test_after_a_crash_there_is_another_browser_and_the_crash_is_named(playwright: Playwright) -> None:
    with Chromium(playwright) as own:
        first = own.browser()
        assert own.browser() is first
        assert own.crash() == ""
        with pytest.raises(Error):
            first.new_browser_cdp_session().send("Browser.crash")
        assert "Chromium is gone: SIG" in own.crash()
        second = own.browser()
        assert own.crash() == ""
        assert second.new_page().evaluate("1 + 1") == 2
