"""What a test run may touch, and what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.launcher.checkout import CHECKOUT


def test_no_test_runs_on_a_folder_that_the_run_did_not_make(daemons: None) -> None:
    """As a shell may name a demo's: the tests would empty the file by which its daemons know people."""
    environment = {**os.environ, "VAGUEMESTRE_MODE": "demo"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/test_files.py"],
        cwd=CHECKOUT, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 4
    assert f"{os.environ['VAGUEMESTRE_DATA']} is no folder for tests" in done.stderr


def test_what_needs_another_set_up_runs_where_it_is_named(daemons: None, tmp_path: Path) -> None:
    """`bin/test` on a Debian of this minute was red: certbot and pebble come with `bin/setup --slow` alone."""
    story = "e2e/test_certificate_authority.py"
    command = [sys.executable, "-m", "pytest", "--collect-only", f"--override-ini=cache_dir={tmp_path}"]
    for words, code in (
        ([f"--override-ini=testpaths={story}"], pytest.ExitCode.NO_TESTS_COLLECTED), ([story], pytest.ExitCode.OK)
    ):  # fmt: skip
        assert subprocess.run([*command, *words], cwd=CHECKOUT, check=False, capture_output=True).returncode == code
