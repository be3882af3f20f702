"""`vaguemestre back [PACKAGE]`: the former version again, with its database while nobody has used the new one. Where an
upgrade changed no table there is nothing to put back, and the way stays open.

Mail itself lies in Dovecot's mailboxes, which no version changes: what came meanwhile stays."""

import argparse
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from vaguemestre import __version__
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder_lock, upgrade_record
from vaguemestre.launcher.databases import copies
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.packaging.payload import HOME, book_page
from vaguemestre.launcher.prepare import point_at
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.systemd.units import TARGET
from vaguemestre.launcher.texts import _

PACKAGE = "vaguemestre"
UNITS = (TARGET, "vaguemestre-*.service")
DPKG_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def run(arguments: Sequence[str], data: Path) -> int:
    parser = argparse.ArgumentParser(
        "vaguemestre back",
        description=_("Puts the former version back, and the database as it was before where tables were changed."),
    )
    parser.add_argument("package", nargs="?", type=Path, help=_("the former package (.deb); not in a checkout"))
    package = parser.parse_args(arguments).package
    former = _require_package(package) if CHECKOUT == HOME else ""
    upgrade = _require_way_back(data, former)
    _stop()
    with folder_lock.hold(data):
        if upgrade and upgrade.copy:
            from vaguemestre.instance import read_instance

            point_at(data)
            with step(_("the database as it was before")):
                copies.put_back(data, read_instance(), upgrade.copy)
        upgrade_record.sign(data, former or (upgrade.former if upgrade else ""))
        upgrade_record.forget(data)
    if CHECKOUT != HOME:
        print(_("Check the former version out, run bin/setup, then start."))
        return 0
    with step(_("package {version}", version=former)):
        _call("dpkg", "--install", "--force-confold", str(package.absolute()))
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    with step(_("start")):
        _call("systemctl", "start", TARGET)
    return 0


def _require_package(package: Path | None) -> str:
    """Its version."""
    if package is None or not package.is_file():
        raise LauncherError(_("Name the former package: vaguemestre back vaguemestre_…_amd64.deb"))
    said = subprocess.run(
        ["dpkg-deb", "--field", str(package), "Package", "Version"], capture_output=True, text=True, check=False
    ).stdout
    fields = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
    if fields.get("Package") != PACKAGE:
        raise LauncherError(_("{file} is not a package of Vaguemestre.", file=package))
    return fields["Version"]


def _require_way_back(data: Path, version: str) -> upgrade_record.Upgrade | None:
    """None: this very command was cut short, after the copy and before the package."""
    upgrade = upgrade_record.read(data)
    if upgrade is None:
        if version and version != __version__ and upgrade_record.former_version(data) == version:
            return None
        raise LauncherError(_("No upgrade to take back is noted in {file}.", file=data / upgrade_record.FILE))
    if upgrade.let_in and upgrade.copy:
        raise LauncherError(
            _(
                "Mail was let in at {when}, after the upgrade to {version} had changed tables: what people have done "
                "since (passwords, drafts, messages sent, accounts) would be lost, and messages might leave twice. "
                "Nothing was changed.\nWhat is possible instead: a later version that mends it, with the pages closed "
                "until then (vaguemestre maintenance on --until …), or the backup of before: {page}",
                when=upgrade.let_in,
                version=upgrade.version,
                page=book_page("upgrade.md"),
            )
        )
    if version and upgrade.former and version != upgrade.former:
        raise LauncherError(
            _(
                "Before this upgrade version {former} was here; the package is of {version}. Name that of {former}.",
                former=upgrade.former,
                version=version,
            )
        )
    return upgrade


def _stop() -> None:
    if Path("/run/systemd/system").is_dir():
        with step(_("stop of the programs")):
            _call("systemctl", "stop", *UNITS)


def _call(*command: str) -> None:
    done = subprocess.run(
        command, env={**os.environ, **DPKG_ENVIRONMENT}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LauncherError(f"{' '.join(command)} ({done.returncode}):\n{done.stdout[-2000:]}")
