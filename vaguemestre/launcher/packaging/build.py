"""`bin/package`: `build/vaguemestre_<version>_<architecture>.deb`. The same source gives the same bytes."""

import argparse
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.packaging import control, libraries, payload
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.texts import _

BUILD = CHECKOUT / "build" / "package"


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("bin/package", description=_("Makes a Debian package of the product."))
    parser.add_argument("--from", dest="ref", metavar="REF", help=_("of this version in git; else of the checkout"))
    print(build(parser.parse_args(arguments).ref))
    return 0


def build(ref: str | None = None, *, to: Path | None = None) -> Path:
    """Files not yet known to git go in too, as long as git does not ignore them."""
    shutil.rmtree(BUILD, ignore_errors=True)
    source, root = BUILD / "source", BUILD / "root"
    with step(_("source")):
        _take_source(source, ref)
        version = version_of(source)
    home = root / str(payload.HOME).removeprefix("/")
    with step(_("Python libraries")):
        libraries.install(source / "requirements.lock", home / ".venv")
    with step(_("files of the browser and translations")):
        payload.build_assets(source)
        payload.compile_catalogues(source)
    with step(_("package")):
        payload.lay_out(source, root)
        libraries.compile_modules(root, [home / "vaguemestre", home / "seeds", home / ".venv"])
        control.write(root, version)
        made = (to or CHECKOUT / "build") / f"vaguemestre_{version}_{control.architecture()}.deb"
        _pack(root, made, _date(ref))
    shutil.rmtree(BUILD)
    return made


def version_of(source: Path) -> str:
    found = re.search(r'^__version__ = "([^"]+)"', (source / "vaguemestre" / "__init__.py").read_text(), re.MULTILINE)
    if not found:
        raise LauncherError("vaguemestre/__init__.py says no version")
    return found[1]


def _take_source(source: Path, ref: str | None) -> None:
    source.mkdir(parents=True)
    if ref:
        packed = _git("archive", "--format=tar", ref)
    else:
        files = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        there = b"\0".join(name for name in files.split(b"\0") if name and (CHECKOUT / os.fsdecode(name)).is_file())
        packed = _output(["tar", "--null", "--files-from=-", "--create"], there)
    _output(["tar", "--extract", "--no-same-owner", f"--directory={source}"], packed)


def _git(*arguments: str) -> bytes:
    return _output(["git", *arguments])


def _date(ref: str | None) -> str:
    return _git("log", "-1", "--format=%ct", ref or "HEAD").decode().strip()


def _pack(root: Path, target: Path, date: str) -> None:
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o111 else 0o644)
    _output(
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z6", "--build", str(root), str(target)],
        environment={**os.environ, "SOURCE_DATE_EPOCH": date},
    )


def _output(command: Sequence[str], given: bytes = b"", environment: dict[str, str] | None = None) -> bytes:
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, input=given, capture_output=True, check=False)
    if done.returncode:
        raise LauncherError(f"{' '.join(command)} ({done.returncode}):\n{done.stderr.decode(errors='replace')}")
    return done.stdout
