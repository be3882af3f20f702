import subprocess
import sys
from pathlib import Path

import pytest

from vaguemestre.launcher.data_folder import folder_lock
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


def test_a_disk_that_has_become_read_only_is_no_obstacle_to_a_stop(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(tmp_path)], check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    try:
        folder_lock.hold(tmp_path).close()
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        assert folder_lock.is_free(tmp_path)
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
