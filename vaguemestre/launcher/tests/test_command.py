"""`bin/vaguemestre`, which leaves root's rights before it reads anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.arrivals.management.commands.people import Exit

ROOT = Path(__file__).parents[3]


def command(data: Path, *words: str) -> list[str]:
    return ["env", f"VAGUEMESTRE_DATA={data}", f"PYTHONPATH={ROOT}", sys.executable, "-P", "-m",
            "vaguemestre.launcher", "command", *words]  # fmt: skip


def test_its_help_needs_no_data_folder(tmp_path: Path) -> None:
    said = subprocess.run(command(tmp_path, "--help"), capture_output=True, text=True, check=True).stdout
    for word in ("init", "certificate", "backup", "flux RH"):
        assert word in said
    assert "makemigrations" not in said
    of_one = subprocess.run(command(tmp_path, "people", "--help"), capture_output=True, text=True, check=True).stdout
    assert "import" in of_one


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    with subprocess.Popen(command(tmp_path, "--help"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.skipif(os.getuid() != 0, reason="rights are left by root")
def test_a_file_that_the_service_may_not_read_ends_as_one_that_is_not_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "instance.toml").touch()
    file = tmp_path / "feed.csv"
    file.touch(0o600)
    ended = subprocess.run(
        command(tmp_path, "people", "import", str(file)), capture_output=True, text=True, check=False
    )
    assert ended.returncode == Exit.FAILED
    assert f"chmod o+r {file}" in ended.stderr
