"""Debian's mail servers, installed without one of them starting by itself: now, at the next boot, or at an update."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.installation.occupied import DAEMONS
from vaguemestre.launcher.packaging import debian_packages
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.texts import _

# Whoever installs a package asks it first whether a service may start; 101 is no.
POLICY = Path("/usr/sbin/policy-rc.d")
PUT_ASIDE = POLICY.with_name("policy-rc.d.vaguemestre")
REFUSAL = "#!/bin/sh\nexit 101\n"
# "No configuration": Postfix's package leaves /etc/postfix alone; ours lives in the data folder.
PRESEED = "postfix postfix/main_mailer_type select No configuration\n"


def install(*, postgresql: bool = False) -> None:
    missing = list(_missing(debian_packages.named("daemon")))
    if postgresql and not Path("/usr/bin/pg_dump").exists():
        missing += debian_packages.named("postgresql")
    mask()
    _allow_starts()
    if not missing:
        return
    with step(_("Debian’s packages (a minute or two)")), _nothing_starts():
        if "postfix" in missing:
            _call("debconf-set-selections", given=PRESEED)
        _call("apt-get", "update")
        _call("apt-get", "install", "--yes", "--no-install-recommends", *missing)


def mask() -> None:
    """Ours run them with configurations of their own; by its own unit none may start, after an update neither."""
    _call("systemctl", "--quiet", "mask", *(unit for daemon in DAEMONS for unit in daemon.units))


def _missing(packages: Sequence[str]) -> Iterator[str]:
    for package in packages:
        shown = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if shown.stdout != "installed":
            yield package


@contextmanager
def _nothing_starts() -> Iterator[None]:
    if POLICY.exists():
        POLICY.rename(PUT_ASIDE)
    POLICY.write_text(REFUSAL)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        _allow_starts()


def _allow_starts() -> None:
    """Also what a former try left that was killed: no package of Debian's would restart its service ever again."""
    if POLICY.exists() and POLICY.read_text() == REFUSAL:
        POLICY.unlink()
    if PUT_ASIDE.exists() and not POLICY.exists():
        PUT_ASIDE.rename(POLICY)


def _call(*command: str, given: str = "") -> None:
    done = subprocess.run(
        command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, input=given, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LauncherError(f"{' '.join(command[:3])}… ({done.returncode}):\n{done.stdout[-3000:]}")
