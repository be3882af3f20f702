"""`bin/vaguemestre`, which leaves root's rights before it reads anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.arrivals.management.commands.people import Exit

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(os.getuid() != 0, reason="rights are left by root")
def test_a_file_that_the_service_may_not_read_ends_as_one_that_is_not_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "instance.toml").touch()
    file = tmp_path / "feed.csv"
    file.touch(0o600)
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "vaguemestre.launcher", "command", "people", "import", str(file)],
        env=os.environ | {"VAGUEMESTRE_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == Exit.FAILED
    assert f"chmod o+r {file}" in ended.stderr
