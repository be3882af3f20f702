"""Speech of the screen reader Orca for list, reader and composer, written to `e2e/heard/`. Once by hand, never in CI:

    apt-get install orca python3-speechd xdotool openbox xvfb dbus-x11 at-spi2-core
    localedef -i fr_FR -f UTF-8 fr_FR.UTF-8
    bin/run --data DATA --background
    VAGUEMESTRE_E2E=DATA dbus-run-session .venv/bin/python -m e2e.orca

A message of its own is delivered first, so that the texts are the same at each run. Orca finds no voice (`SPEECHD_CMD`)
and writes at once all that it would say of a page; its keys are pressed as on a keyboard."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import sync_playwright

from e2e.desk import Desk
from e2e.post import deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.data_folder import endpoints
from vaguemestre.launcher.testing import Demo

HEARD = Path(__file__).parent / "heard"
DISPLAY = ":97"
SUBJECT = "Grille de rentrée"
TEXT = "La grille est ouverte jusqu’à 18 h."
SPOKEN = re.compile(r"SPEECH OUTPUT: '(.*?)'(?: |$)", re.MULTILINE)
CHROMIUM = ("--no-sandbox", "--ignore-certificate-errors", "--force-renderer-accessibility", "--app=data:text/html,")
SETTINGS = "from orca import settings\nsettings.sayAllOnLoad = False\n"  # a page that opens is not read by itself
NO_TRANSLATION = ("--lang=fr", "--disable-features=Translate", "--test-type")


def main() -> None:
    folder, data = Path(mkdtemp(prefix="orca-")), Path(os.environ["VAGUEMESTRE_E2E"])
    demo = Demo(data, json.loads((data / endpoints.FILE).read_text()))
    os.environ |= {"DISPLAY": DISPLAY, "LC_ALL": "fr_FR.UTF-8", "LANGUAGE": "fr", "XDG_RUNTIME_DIR": str(folder)}
    os.environ |= {"SPEECHD_CMD": "/bin/false", "SPEECHD_ADDRESS": f"unix_socket:{folder}/none"}
    log, settings = folder / "orca", folder / "settings"
    settings.mkdir()
    (settings / "orca-customizations.py").write_text(SETTINGS)
    with ExitStack() as stack:
        stack.enter_context(_running("Xvfb", DISPLAY, "-screen", "0", "1440x900x24", "-nolisten", "tcp"))
        stack.enter_context(_running("openbox"))
        stack.enter_context(_running("/usr/libexec/at-spi-bus-launcher", "--launch-immediately", "--screen-reader=1"))
        stack.enter_context(_running("orca", f"--debug-file={log}", "-u", str(settings)))
        time.sleep(4)  # no event when it listens
        driver = stack.enter_context(sync_playwright())
        context = driver.chromium.launch_persistent_context(
            folder / "profile", headless=False, executable_path="/usr/bin/chromium",
            args=[*CHROMIUM, *NO_TRANSLATION], locale="fr-FR", ignore_https_errors=True, no_viewport=True,
        )  # fmt: skip
        stack.callback(context.close)
        _listen(Visitor(demo, context, context.pages[0]), log)


def _listen(visitor: Visitor, log: Path) -> None:
    account = visitor.demo.account("teacher")
    deliver(visitor.demo, to=account["address"], subject=SUBJECT, text=TEXT)
    visitor.come_in(account, "/webmail/")
    desk = Desk(visitor.page)
    desk.wait_for(SUBJECT)
    visitor.page.locator(".chips [aria-current]").focus()
    _save("list", _steps(log, "Down", 5))
    desk.open(SUBJECT)
    visitor.page.get_by_role("link", name="Aller au message").focus()
    _save("reader", ["", *_spoken(log, "Return"), *_steps(log, "Down", 12)])
    visitor.page.locator(".reply-field").focus()
    _save("composer", ["", *_spoken(log, "Return"), *_steps(log, "Tab", 12)])


def _steps(log: Path, key: str, times: int) -> list[str]:
    """Each press with an empty line before its speech."""
    return [said for _press in range(times) for said in ("", *_spoken(log, key))]


def _spoken(log: Path, key: str) -> list[str]:
    time.sleep(1)  # earlier acts are spoken
    before = len(log.read_text("utf-8", "replace"))
    subprocess.run(["xdotool", "key", key], check=True)
    time.sleep(1.5)
    return SPOKEN.findall(log.read_text("utf-8", "replace")[before:])


def _save(part: str, spoken: list[str]) -> None:
    HEARD.mkdir(exist_ok=True)
    (HEARD / f"{part}.txt").write_text("\n".join([*spoken[1:], ""]), "utf-8")


@contextmanager
def _running(*command: str) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        time.sleep(1)
        yield
        program.terminate()


if __name__ == "__main__":
    main()
