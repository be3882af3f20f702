"""On a disk without room the supervisor continues, and its programs' logs do when there is room again; where it is
killed there, nothing outlives it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from vaguemestre.engine import configuration, daemon_folders, processes
from vaguemestre.engine.liveness_probes import answers_root
from vaguemestre.engine.processes import Program
from vaguemestre.instance import Instance
from vaguemestre.launcher import process_table
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.processes.supervision import Supervision
from vaguemestre.launcher.run import stop
from vaguemestre.launcher.testing import until

# A file's last page takes some more on a full disk: it must say enough for several.
TALKER = ("/bin/sh", "-c", "while :; do printf %4000s .; sleep 0.02; done")


@pytest.fixture
def disk() -> Iterator[Path]:
    place = Path("/tmp") / f"vgm-full-{os.getpid()}"  # noqa: S108 - short, for sockets
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", str(place)], check=False)
    if mounted.returncode:
        place.rmdir()
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


@contextmanager
def full(disk: Path) -> Iterator[None]:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    try:
        yield
    finally:
        ballast.unlink()


def test_a_supervisor_that_can_write_no_log_goes_on(disk: Path) -> None:
    data = disk / "data"
    folder.lay_out(data)
    supervision, log = Supervision(data), data / "log" / "talker.log"
    process = supervision.start([Program("talker", TALKER, "root", lambda: True)])
    try:
        until(lambda: log.exists() and log.stat().st_size > 0, "it does not begin")
        with full(disk):
            size = log.stat().st_size
            first = supervision.pid("talker")
            os.kill(first, 9)
            until(lambda: supervision.state("talker") == "RUNNING" and supervision.pid("talker") != first, "no other")
            talked = io_of(supervision.pid("talker"))
            until(lambda: io_of(supervision.pid("talker")) > talked + 200_000, "it is not listened to")
            assert log.stat().st_size < size + 100_000
        assert process.poll() is None
        size = log.stat().st_size
        until(lambda: log.stat().st_size > size + 100_000, "its log does not go on")
    finally:
        supervision.stop(process)
    assert not supervision.pid_file.exists()


def test_valkey_that_cannot_save_ends_with_its_supervisor(disk: Path) -> None:
    """It would refuse to end there, and keep its socket through each start and stop."""
    data = disk / "data"
    instance = Instance(data=data, mode="demo", rspamd=True)
    folder.lay_out(data)
    daemon_folders.make(instance)
    written = data / "engine" / "valkey" / "valkey.conf"
    template = (configuration.TEMPLATES / "valkey" / "valkey.conf").read_text()
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(template.replace("@@{data}", str(data)).replace("@@{run}", str(data / "run")))
    supervision = Supervision(data)
    process = supervision.start([one for one in processes.programs(instance) if one.name == "valkey"])
    try:
        until(lambda: answers_root(data / "run", "valkey"), "valkey does not answer")
        valkey = supervision.pid("valkey")
        with full(disk):
            process.send_signal(signal.SIGKILL)
            process.wait()
            until(lambda: all(one.pid != valkey for one in process_table.processes()), "valkey lives on")
    finally:
        stop(data)


def io_of(pid: int) -> int:
    """Bytes that it has written."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("wchar:")).split()[1])
