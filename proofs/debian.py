"""A bare Debian with a systemd of its own, in namespaces: it has nothing of this machine's `/dev`, `/sys` or processes.

Asks for root and Debian's `mmdebstrap` and `systemd-container` (`bin/setup --slow`).
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Container, Sequence
from pathlib import Path

RELEASE = "trixie"
PACKAGES = "ca-certificates,curl,git,sudo,systemd,systemd-sysv,dbus"
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
# How this machine reaches its mirrors: another one may have none of these.
ITS_OWN = ("/etc/apt/apt.conf.d", "/etc/pip.conf", "/usr/local/share/ca-certificates", "/etc/resolv.conf")
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
NOT_AT_NIGHT = ("apt-daily.timer", "apt-daily-upgrade.timer")
BOOT_SECONDS = 60
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Machine:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._container: subprocess.Popen[bytes] | None = None
        self._init = 0

    def make(self) -> None:
        self.root.parent.mkdir(parents=True, exist_ok=True)
        sources = [str(SOURCES)] if SOURCES.exists() else []
        _call("mmdebstrap", "--quiet", "--variant=apt", f"--include={PACKAGES}", RELEASE, str(self.root), *sources)
        for name in ITS_OWN:
            _copy(Path(name), self.root / name.removeprefix("/"))
        for unit in NOT_AT_NIGHT:
            (self.root / "etc/systemd/system" / unit).symlink_to("/dev/null")

    def boot(self, *, network: bool) -> None:
        """Returns when its systemd has started all it starts, but what waits for long. Without `network` it has a
        loopback and nothing else."""
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--directory={self.root}", "--boot"]
        command += ["--console=pipe", "--timezone=off", "--resolv-conf=off"]
        command += [] if network else ["--private-network"]
        environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}  # systemd refuses the older cgroups
        self._container = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + BOOT_SECONDS
        while not self._is_up():
            assert self._container.poll() is None, f"systemd-nspawn ended with {self._container.returncode}"
            assert time.monotonic() < deadline, "its systemd does not come up"
            time.sleep(0.2)

    def _is_up(self) -> bool:
        assert self._container
        children = Path(f"/proc/{self._container.pid}/task/{self._container.pid}/children").read_text().split()
        self._init = int(children[0]) if children else 0
        return bool(children) and self.tries("test", "-S", "/run/dbus/system_bus_socket")

    def cut(self) -> None:
        """As when the power goes: every process ends at once, and nothing is written any more."""
        if self._container and self._init:
            os.kill(self._init, signal.SIGKILL)
            self._container.wait()
        self._container, self._init = None, 0

    def delete(self) -> None:
        self.cut()
        shutil.rmtree(self.root)

    def run(self, *command: str, seconds: float = 120, accepted: Container[int] = (0,)) -> str:
        """What it prints. Root, in all namespaces of the machine, and nothing of this one's environment."""
        done = self._enter(command, seconds)
        assert done.returncode in accepted, f"{' '.join(command)} ({done.returncode}):\n{done.stdout[-4000:]}"
        return done.stdout

    def tries(self, *command: str, seconds: float = 120) -> bool:
        return self._enter(command, seconds).returncode == 0

    def unit(
        self, *command: str, properties: Sequence[str] = (), seconds: float = 120, accepted: Container[int] = (0,)
    ) -> str:
        """As a unit of its systemd, out of the way of ours."""
        words = ("systemd-run", "--quiet", "--pipe", "--wait", *properties, *command)
        return self.run(*words, seconds=seconds, accepted=accepted)

    def _enter(self, command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
        clean = ["env", "-i", f"PATH={PATH}", "HOME=/root", "LANG=C.UTF-8"]
        return subprocess.run(
            ["nsenter", "--all", f"--target={self._init}", *clean, *command], timeout=seconds,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            check=False,
        )  # fmt: skip


def _call(*command: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]} ({done.returncode}):\n{done.stdout[-4000:]}"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
