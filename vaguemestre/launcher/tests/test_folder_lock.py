import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.launcher import folder_lock
from vaguemestre.launcher.errors import LauncherError


def test_the_second_is_told_who_runs_and_how_to_stop_it(open_folder: Path) -> None:
    with folder_lock.hold(open_folder):
        folder_lock.sign(open_folder, 4242, background=True)
        with pytest.raises(LauncherError) as refused:
            folder_lock.hold(open_folder)
    assert "4242" in str(refused.value)
    assert f"bin/run --data {open_folder} --stop" in str(refused.value)


def test_free_once_its_holder_is_gone(open_folder: Path) -> None:
    folder_lock.hold(open_folder).close()
    assert folder_lock.is_free(open_folder)
    folder_lock.hold(open_folder).close()


def test_a_child_keeps_it_after_its_parent(open_folder: Path) -> None:
    """The supervisor outlives a launcher that was killed: its standard input holds the folder."""
    with folder_lock.hold(open_folder) as held:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdin=held.fileno())
    try:
        assert not folder_lock.is_free(open_folder)
    finally:
        child.kill()
        child.wait()
    assert folder_lock.is_free(open_folder)
