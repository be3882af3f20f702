"""`deploy/systemd/` is what production runs: it must start the very programs that `bin/run` starts."""

import shutil
import subprocess
from pathlib import Path

import pytest

from vaguemestre.accounts.mail_access import socket_key
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.processes import programs
from vaguemestre.launcher.systemd import hardening, units

EXPOSURE = 32  # tenths of 10
systemd_here = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")


def test_the_committed_units_are_those_of_the_programs() -> None:
    folder = CHECKOUT / "deploy" / "systemd"
    committed = {file.name: file.read_text() for file in folder.iterdir()}
    assert committed == units.usual(), "python -m vaguemestre.launcher units deploy/systemd writes them again"


def test_each_program_has_its_bounds_and_no_other() -> None:
    instance = Instance(data=units.DATA, mode="production", ports=units.STANDARD, rspamd=True)
    named = {program.name for program in programs.programs(units.DATA, instance)}
    assert named | {"prepare", "ready"} == set(hardening.PROFILES)


def test_none_keeps_a_right_that_it_does_not_name() -> None:
    for name, text in units.usual().items():
        if name.endswith(".service"):
            for word in ("CapabilityBoundingSet", "SystemCallFilter", "MemoryMax"):
                assert f"\n{word}=" in text, f"{name}: {word}"


@systemd_here
def test_systemd_finds_them_little_exposed() -> None:
    """As the guide's table says. The proof of `bin/ci --slow` runs the service under them."""
    folder = CHECKOUT / "deploy" / "systemd"
    files = [str(file) for file in folder.glob("*.service")]
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE}", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    overall = [line for line in done.stdout.splitlines() if "Overall" in line]
    assert len(overall) == len(files), done.stderr
    assert not done.returncode, "\n".join(overall)


@systemd_here
def test_systemd_accepts_them(open_folder: Path) -> None:
    instance = Instance(data=open_folder, mode="production", ports=units.STANDARD, rspamd=True)
    made = units.render(programs.programs(open_folder, instance), open_folder)
    for name, text in made.items():
        (open_folder / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(open_folder / name) for name in made)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "vaguemestre" in line]
    assert not ours, "\n".join(ours)


@pytest.mark.parametrize("name", ["gate", "events", "files", "postfix", "nginx"])
@pytest.mark.parametrize("key", [f"secrets/{socket_key.FILE}", "engine/dovecot/door-keys"])
def test_the_key_of_the_webmails_door_is_out_of_their_sight(name: str, key: str) -> None:
    profile = hardening.PROFILES[name]
    if profile.only is None:
        assert _within(key, profile.hides)
    else:
        assert not _within(key, (*profile.only, *profile.reads))


def _within(path: str, folders: tuple[str, ...]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)
