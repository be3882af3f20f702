"""What the package puts on the machine, and where."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.packaging import debian_packages
from vaguemestre.launcher.systemd.units import HOME as CHECKOUT_OF_UNITS

HOME = Path("/usr/lib/vaguemestre")
MADE = Path("/var/cache/vaguemestre")  # of `academy.toml`, by the package's script `postinst`
ETC = Path("/etc/vaguemestre")
DOCUMENTS = Path("/usr/share/doc/vaguemestre")

CODE = ("vaguemestre", "seeds", "bin/vaguemestre")  # `run` names the demo
OURS = ("academy.toml", "charter.md")  # the authority's own, from now on
MADE_HERE = ("static", "pages")
READ = ("README.md", "CHANGELOG.md", "UPGRADE.md", "SECURITY.md", "docs")
PROMETHEUS = Path("deploy/prometheus")
NOT_AT_RUN_TIME = shutil.ignore_patterns("tests", "conftest.py", "*.po", "__pycache__")


def book_page(name: str) -> Path:
    """Of the operator's book, as it lies on this machine."""
    return (DOCUMENTS if CHECKOUT == HOME else CHECKOUT) / "docs" / "operating" / name


def build_assets(source: Path) -> None:
    """By the checkout's own libraries when the other version has locked the same."""
    lock, modules = "client/package-lock.json", "client/node_modules"
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"}
    if (source / lock).read_bytes() == (CHECKOUT / lock).read_bytes():
        (source / modules).symlink_to(CHECKOUT / modules)
    else:
        _call(["npm", "--prefix", "client", "ci", "--ignore-scripts"], source, environment)
    _call(["node", "client/build.mjs"], source, environment)


def compile_catalogues(source: Path) -> None:
    for text in source.glob("vaguemestre/*/locale/*/LC_MESSAGES/django.po"):
        _call(["msgfmt", "--check-format", "-o", str(text.with_suffix(".mo")), str(text)], source)


def lay_out(source: Path, root: Path) -> None:
    home = _inside(root, HOME)
    for name in CODE:
        _copy(source / name, home / name, NOT_AT_RUN_TIME)
    _copy(CHECKOUT / debian_packages.FILE, home / debian_packages.FILE)  # how it is packed is this checkout's
    _copy(source / "build" / "assets", home / "build" / "assets", shutil.ignore_patterns("brand"))
    for name in MADE_HERE:
        (home / "build" / name).symlink_to(MADE / name)
    (home / "build" / "assets" / "brand").symlink_to(MADE / "brand")
    for name in OURS:
        _copy(source / name, _inside(root, ETC) / name)
        (home / name).symlink_to(ETC / name)
    (home / "brand").symlink_to(ETC / "brand")
    for name in READ:
        _copy(source / name, _inside(root, DOCUMENTS) / name)
    _copy(source / "LICENSE", _inside(root, DOCUMENTS) / "copyright")
    if (source / PROMETHEUS).is_dir():  # 0.2.0 had none
        _copy(source / PROMETHEUS, _inside(root, DOCUMENTS) / "prometheus")
    _on_the_machine(source, root)


def _on_the_machine(source: Path, root: Path) -> None:
    """What Debian looks for in places of its own."""
    for unit in (source / "deploy" / "systemd").iterdir():
        text = unit.read_text().replace(str(CHECKOUT_OF_UNITS), str(HOME))
        _write(_inside(root, Path("/usr/lib/systemd/system")) / unit.name, text)
    _copy(source / "deploy" / "logrotate", _inside(root, Path("/etc/logrotate.d/vaguemestre")))
    ours = CHECKOUT / "deploy" / "package"
    _copy(ours / "sysusers.conf", _inside(root, Path("/usr/lib/sysusers.d/vaguemestre.conf")))
    _copy(ours / "sysctl.conf", _inside(root, Path("/usr/lib/sysctl.d/60-vaguemestre.conf")))
    _copy(ours / "vaguemestre", _inside(root, Path("/usr/bin/vaguemestre")))


def _inside(root: Path, path: Path) -> Path:
    return root / str(path).removeprefix("/")


def _copy(source: Path, target: Path, ignore: Callable[..., set[str]] | None = None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=ignore)
    else:
        shutil.copy(source, target)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _call(command: list[str], place: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LauncherError(f"{' '.join(command)} ({done.returncode}):\n{done.stdout[-4000:]}")
