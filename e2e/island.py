"""A machine apart, for programs that insist on standard ports and real names: a network and a mount namespace of its
own, with its own hosts file, where nothing else is and nothing leads out.

A whole demo runs in it at ports 993, 465 and 443 under the names of the domain. Whoever stands outside goes in for as
long as a connection is opened (`inside`); the connection stays what it is afterwards.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from vaguemestre.academy.facts import academy
from vaguemestre.launcher.data_folder import endpoints, folder
from vaguemestre.launcher.systemd.units import STANDARD
from vaguemestre.launcher.testing import Demo, launch

_BOUND = {"hosts": "/etc/hosts", "thunderbird": "/etc/thunderbird"}


@dataclass(frozen=True)
class Island:
    folder: Path
    pid: int

    def command(self, *words: str) -> list[str]:
        return [*self._enter(), *words]

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """The network of the island, for this thread. Names are those of outside: there is `localhost`."""
        with Path("/proc/thread-self/ns/net").open() as here, Path(f"/proc/{self.pid}/ns/net").open() as there:
            os.setns(there.fileno(), os.CLONE_NEWNET)
            try:
                yield
            finally:
                os.setns(here.fileno(), os.CLONE_NEWNET)

    @contextlib.contextmanager
    def demo(self, host: str) -> Iterator[Demo]:
        """A whole one, told of as one sees it from outside."""
        data = self.folder / "data"
        data.mkdir()
        data.chmod(0o755)
        facts: dict[str, str | bool | int] = {"mode": "demo", "host": host, "rspamd": False, "undo_seconds": 0}
        facts["listen"] = "0.0.0.0"  # noqa: S104 - nobody is on this network but us
        folder.write_instance(data / "instance.toml", facts, STANDARD)
        launch(data, "--background", through=self._enter())
        try:
            told = json.loads((data / endpoints.FILE).read_text())
            for door in ("imaps", "smtps", "smtp"):
                told[door]["host"] = "localhost"
            yield Demo(data, told)
        finally:
            launch(data, "--stop")

    def _enter(self) -> Sequence[str]:
        return ("nsenter", "--target", str(self.pid), "--mount", "--net")


@contextlib.contextmanager
def island() -> Iterator[Island]:
    """`hosts` and `thunderbird/` of its folder are what is seen there in /etc."""
    place = Path(tempfile.mkdtemp(prefix="vaguemestre-island-"))
    place.chmod(0o755)
    domain = academy().domain
    names = " ".join(f"{name}.{domain}" for name in ("messagerie", "autoconfig", "autodiscover"))
    (place / "hosts").write_text(f"127.0.0.1 localhost\n127.0.0.1 {domain} {names}\n")
    (place / "thunderbird").mkdir()
    for target in _BOUND.values():
        if not Path(target).exists():
            Path(target).mkdir()
    binds = " && ".join(f"mount --bind {place / source} {target}" for source, target in _BOUND.items())
    script = f"ip link set lo up && {binds} && echo ready && exec sleep infinity"
    command = ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            pytest.skip(f"no namespaces on this machine: {holder.communicate()[1]}")
        try:
            yield Island(place, holder.pid)
        finally:
            holder.terminate()
    shutil.rmtree(place)
