"""One demo and one Chromium for all stories, another where that is gone; a fresh browser profile for each visitor."""

import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from e2e.chromium import Chromium
from e2e.desk import Desk
from e2e.visitor import Visitor
from vaguemestre.launcher.data_folder import endpoints
from vaguemestre.launcher.testing import Demo, running_demo

DESK = {"width": 1360, "height": 850}
type NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    if running := os.environ.get("VAGUEMESTRE_E2E"):
        data = Path(running)
        yield Demo(data, json.loads((data / endpoints.FILE).read_text()))
        return
    with running_demo(more=_backup(tmp_path_factory.mktemp("backups"))) as started:
        yield started


def _backup(place: Path) -> str:
    """Two places with their passwords, as an operator's; nothing is there until a story backs up."""
    lines = ["", "[backup]"]
    for name, words in (("mail", ""), ("secrets", "secrets_")):
        password = place / f"{name}.password"
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe())
        lines += [f'{words}repository = "{place / name}"', f'{words}password_file = "{password}"']
    return "\n".join([*lines, ""])


HERE = Path(__file__).parent
LONGEST = 300  # seconds: some stories start a demo of their own, beside the one that all share
LOOKS = {
    "look",
    "screen",
    "seat",
    "light",
    "width",
    "options",
    "viewport",
    "story",
}  # width, phone, day, night, script


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONGEST))
    for looks in _in_several_looks(ours):
        shown = zlib.crc32(looks[0].name.partition("[")[0].encode()) % len(looks)
        for item in looks[:shown] + looks[shown + 1 :]:
            item.add_marker(pytest.mark.slow)


def _in_several_looks(stories: list[pytest.Item]) -> list[list[pytest.Item]]:
    """The same story in several looks: `bin/ci` walks through one of them, which its name decides, so that all looks
    come up; `bin/ci --slow` through all others."""
    told: dict[tuple[str, str], list[pytest.Item]] = {}
    for item in stories:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if LOOKS & params.keys():
            same = repr({name: value for name, value in params.items() if name not in LOOKS})
            told.setdefault((item.nodeid.partition("[")[0], same), []).append(item)
    return list(told.values())


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Chromium]:
    with Chromium(playwright) as one:
        yield one


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Browser]:
    yield chromium.browser()
    if crash := chromium.crash():
        pytest.fail(crash, pytrace=False)


@pytest.fixture
def new_visitor(demo: Demo, browser: Browser) -> Iterator[NewVisitor]:
    """Options are those of a browser profile: `viewport`, `java_script_enabled`, `color_scheme`…"""
    visitors: list[Visitor] = []

    def arrive(**options: Any) -> Visitor:
        screen: dict[str, Any] = {
            "viewport": {"width": 1360, "height": 850},
            "locale": "fr-FR",
            "ignore_https_errors": True,
        } | options
        context = browser.new_context(**screen)
        context.set_default_timeout(15_000)
        visitor = Visitor(demo, context, context.new_page())
        visitor.listen()
        visitors.append(visitor)
        return visitor

    yield arrive
    for visitor in visitors if browser.is_connected() else []:
        visitor.leave()


@pytest.fixture
def at_the_desk(new_visitor: NewVisitor, demo: Demo) -> Callable[..., tuple[Visitor, Desk]]:
    """Somebody of a role, signed in, in front of the inbox."""

    def sit_down(role: str = "teacher", **options: Any) -> tuple[Visitor, Desk]:
        visitor = new_visitor(**options)
        visitor.come_in(demo.account(role), "/webmail/")
        desk = Desk(visitor.page)
        desk.wait()
        return visitor, desk

    return sit_down
