"""The browser of the tests: Chromium's engine without windows, which takes a third of the processor of the whole."""

from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
