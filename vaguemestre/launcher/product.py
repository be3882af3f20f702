"""The product's own commands (migrate, import…), always run by the product's user so that no file becomes root's."""

import subprocess
import sys
from pathlib import Path

from vaguemestre.launcher.folder import WEB_USER
from vaguemestre.launcher.problem import Problem
from vaguemestre.launcher.supervision import CHECKOUT, clean_environment


def manage(data: Path, *arguments: str) -> None:
    """Quiet when it succeeds; its words when it does not."""
    done = _run(data, "vaguemestre", *arguments)
    if done.returncode:
        raise Problem(f"vaguemestre {' '.join(arguments)} ({done.returncode}):\n{done.stdout.strip()}")


def succeeds(data: Path, *arguments: str) -> bool:
    return _run(data, "vaguemestre", *arguments).returncode == 0


def _run(data: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments], cwd=CHECKOUT, env=clean_environment(data),
        user=WEB_USER, group=WEB_USER, extra_groups=[], umask=0o027,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
