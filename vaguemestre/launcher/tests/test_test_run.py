"""What a test run may touch."""

import os
import subprocess
import sys

from vaguemestre.launcher.supervision import CHECKOUT


def test_no_test_runs_on_a_folder_that_the_run_did_not_make(daemons: None) -> None:
    """As a shell may name a demo's: the tests would empty the file by which its daemons know people."""
    environment = {**os.environ, "VAGUEMESTRE_MODE": "demo"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/test_files.py"],
        cwd=CHECKOUT, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 4
    assert f"{os.environ['VAGUEMESTRE_DATA']} is no folder for tests" in done.stderr
