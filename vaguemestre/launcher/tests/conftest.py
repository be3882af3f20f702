import contextlib
import datetime
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.instance import Instance, Ports
from vaguemestre.launcher.data_folder import folder, ports, secrets
from vaguemestre.launcher.nginx import configuration
from vaguemestre.launcher.testing import Demo, running_demo
from vaguemestre.launcher.tls import authority

DISK_MB = 400


@contextlib.contextmanager
def made_folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="vgm-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Short, for sockets, and open to other users as a data folder must be: pytest's own folders are not."""
    with made_folder() as folder:
        yield folder


@pytest.fixture(scope="package")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = Path("/tmp") / f"vgm-disk-{os.getpid()}"  # noqa: S108 - short, for sockets, and this process's own
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", str(place)], check=False
    )
    if mounted.returncode:
        place.rmdir()
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


@pytest.fixture(scope="package")
def demo(small_disk: Path) -> Iterator[Demo]:
    """One for all stories about the whole: a start costs a minute. Those of `test_whole` come last, and stop it."""
    with running_demo(rspamd=True, within=small_disk, empty=True) as started:
        yield started


@pytest.fixture
def instance(open_folder: Path) -> Iterator[Instance]:
    with installation(open_folder) as made:
        yield made


@pytest.fixture(scope="module")
def installed() -> Iterator[Instance]:
    """One for all tests of a file."""
    with made_folder() as place, installation(place) as made:
        yield made


@contextlib.contextmanager
def installation(open_folder: Path) -> Iterator[Instance]:
    with ports.claimed_base() as base:
        made = Instance(data=open_folder, mode="test", ports=Ports.from_base(base))
        folder.lay_out(open_folder)
        secrets.ensure(open_folder / "secrets", database_exists=False)
        authority.ensure(open_folder, made.host, made.tls, now=datetime.datetime.now(datetime.UTC))
        configuration.render(open_folder, made)
        yield made
