"""The Chromium of a run of stories. The story in which it crashes fails and names that; the next one gets another."""

from pathlib import Path
from shutil import rmtree
from signal import Signals
from tempfile import mkdtemp
from typing import Self

from playwright.sync_api import Browser, Playwright

from vaguemestre.mailbox.testing.chromium import CHROMIUM

# A service worker is fetched by the browser itself: what a profile forgives a certificate does not count there.
ARGUMENTS = ("--no-sandbox", "--ignore-certificate-errors")
_NOTING = """#!/bin/sh
{chromium} "$@" 2>"{folder}/said"
echo $? >"{folder}/status"
"""


class Chromium:
    def __init__(self, playwright: Playwright, program: str | Path = CHROMIUM) -> None:
        self.playwright = playwright
        self._program = program
        self._folder = Path()
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._folder = Path(mkdtemp(prefix="chromium-"))
            command = self._folder / "chromium"
            command.write_text(_NOTING.format(chromium=self._program, folder=self._folder))
            command.chmod(0o755)
            self._browser = self.playwright.chromium.launch(executable_path=command, args=list(ARGUMENTS))
        return self._browser

    def crash(self) -> str:
        """How it ended and what it said last; empty as long as it runs."""
        if self._browser is None or self._browser.is_connected():
            return ""
        said = (self._folder / "said").read_text("utf-8", "replace").splitlines()[-20:]
        return "\n".join([f"Chromium is gone: {self._status()}. It said last:", *said])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._browser:
            self._browser.close()
            rmtree(self._folder, ignore_errors=True)

    def _status(self) -> str:
        """As a shell tells it: above 128 stands the number of a signal."""
        try:
            code = int((self._folder / "status").read_text())
        except (OSError, ValueError):
            return "killed with all that belonged to it"
        return Signals(code - 128).name if code > 128 else f"status {code}"
