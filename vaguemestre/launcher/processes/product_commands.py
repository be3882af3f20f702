"""The product's own commands (migrate, import…), always run by the product's user so that no file becomes root's."""

import subprocess
import sys
from collections.abc import Container
from pathlib import Path

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder.folder import WEB_USER
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.processes.supervision import clean_environment

LINES_SHOWN = 25


def manage(data: Path, *arguments: str, accepted: Container[int] = (0,)) -> None:
    """Quiet when it succeeds; its words when it does not."""
    _succeed(data, ["vaguemestre", *arguments], accepted=accepted)


def succeeds(data: Path, *arguments: str, accepted: Container[int] = (0,)) -> bool:
    return _run(data, ["vaguemestre", *arguments]).returncode in accepted


def failure(data: Path, *command: str) -> str:
    """Its words; none when it succeeds."""
    done = _run(data, list(command))
    return done.stderr.strip() if done.returncode else ""


def talk(data: Path, command: list[str], question: str) -> str:
    """Runs a command that reads its question and prints its answer."""
    return _succeed(data, command, question).stdout


def _succeed(
    data: Path, command: list[str], text: str = "", accepted: Container[int] = (0,)
) -> subprocess.CompletedProcess[str]:
    done = _run(data, command, text)
    if done.returncode not in accepted:
        words = f"{done.stdout}\n{done.stderr}".strip().splitlines()[-LINES_SHOWN:]
        raise LauncherError("\n".join([f"{' '.join(command)} ({done.returncode}):", *words]))
    return done


def _run(data: Path, command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", *command], cwd=CHECKOUT, env=clean_environment(data),
        user=WEB_USER, group=WEB_USER, extra_groups=[], umask=0o027,
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
