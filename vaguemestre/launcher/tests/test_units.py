"""`deploy/systemd/` is what production runs: it must start the very programs that `bin/run` starts."""

import shutil
import subprocess
from pathlib import Path

import pytest

from vaguemestre.instance import Instance
from vaguemestre.launcher import programs, units
from vaguemestre.launcher.supervision import CHECKOUT


def test_the_committed_units_are_those_of_the_programs() -> None:
    folder = CHECKOUT / "deploy" / "systemd"
    committed = {file.name: file.read_text() for file in folder.iterdir()}
    assert committed == units.usual(), "python -m vaguemestre.launcher units deploy/systemd writes them again"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
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
