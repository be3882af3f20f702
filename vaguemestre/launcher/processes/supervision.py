"""One supervisor over every process: it starts each as its own user, restarts what dies, and stops all in order."""

import os
import select
import shlex
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from supervisor.xmlrpc import SupervisorTransport

from vaguemestre.engine.processes import Program
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder.folder import write
from vaguemestre.launcher.errors import LauncherError, UnreadyError
from vaguemestre.launcher.processes import leftovers, restarts, supervisor_daemon
from vaguemestre.launcher.progress_lines import say
from vaguemestre.launcher.texts import _
from vaguemestre.mailbox.sandbox import watchdog
from vaguemestre.web.restarts import failures_by_program

LOG_BYTES = 10_000_000
READY_SECONDS = 180  # of a processor: Rspamd compiles its patterns on the first start, most of a minute on a slow one
# A program that has fallen so often in a row, some seconds long, will not recover by itself while somebody waits.
FAILURES = 4


@dataclass(frozen=True)
class Wave:
    """Programs that start together and stop together, by their priorities."""

    name: str
    first: int
    last: int

    def holds(self, program: Program) -> bool:
        return self.first <= program.priority <= self.last


# What people use stops first, while what it leans on still answers.
WAVES = (Wave("mail", 0, 199), Wave("product", 200, 999))


class Patience:
    """Seconds as an idle machine has them: of one with ten that wait for each of its processors, a tenth counts."""

    def __init__(self, seconds: float) -> None:
        self._left, self._seen = seconds, time.monotonic()

    def is_over(self) -> bool:
        now, share = time.monotonic(), (os.cpu_count() or 1) / max(os.getloadavg()[0], 0.01)
        self._left, self._seen = self._left - (now - self._seen) * min(share, 1.0), now
        return self._left < 0


class Daemon(Protocol):
    """A supervisor's process: one's own child, or one that was found."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...


class FoundDaemon:
    """How it ends is not known: always 0."""

    def __init__(self, pid: int) -> None:
        self.pid, self._handle = pid, os.pidfd_open(pid)

    def poll(self) -> int | None:
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self) -> int:
        select.select([self._handle], [], [])
        return 0

    def send_signal(self, sig: int, /) -> None:
        signal.pidfd_send_signal(self._handle, sig)


class Supervision:
    """The supervisor of one data folder, whether this process started it or found it running."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.configuration = data / "engine" / "supervisor.conf"
        self.pid_file = data / leftovers.SUPERVISOR
        self.socket = data / "run" / "supervisor.sock"
        self.log = data / "log" / "supervisor.log"
        self.words = data / "log" / "supervisor.out"  # what it says before it has a log

    def start(self, programs: Sequence[Program], *, lock: int | None = None) -> subprocess.Popen[bytes]:
        """Starts all. `lock` becomes the supervisor's standard input: the data folder is held as long as it lives."""
        write(self.configuration, self._render(programs), mode=0o600)
        self.socket.unlink(missing_ok=True)
        for program in programs:
            restarts.forget(self.data, program.name)
        with self.words.open("wb") as words:
            return self._launch(words, lock)

    def _launch(self, words: IO[bytes], lock: int | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "vaguemestre.launcher.processes.supervisor_daemon", "--nodaemon",
             "-c", str(self.configuration)],
            stdin=subprocess.DEVNULL if lock is None else lock,
            stdout=words, stderr=subprocess.STDOUT,
            env=clean_environment(self.data), cwd=CHECKOUT,
            start_new_session=True,  # Ctrl-C reaches the launcher alone, which then stops them in order
        )  # fmt: skip

    def find(self) -> FoundDaemon:
        """The one that runs; the folder's lock says that it does."""
        return FoundDaemon(int(self.pid_file.read_text()))

    def wait_ready(self, programs: Sequence[Program], process: Daemon) -> None:
        """Returns once every program answers; otherwise says which does not, with the end of its log."""
        patience = Patience(READY_SECONDS)
        for program in programs:
            self._wait_for(program, process, patience)
            say(program.name)

    def _wait_for(self, program: Program, process: Daemon, patience: Patience) -> None:
        while not (self.state(program.name) == "RUNNING" and program.answers()):
            if process.poll() is not None:
                raise LauncherError(_("The supervisor stopped.") + tail(self.words))
            fallen = [name for name, times in failures_by_program(self.data, time.time()).items() if times >= FAILURES]
            if fallen or patience.is_over():
                name = fallen[0] if fallen else program.name
                kind = LauncherError if fallen else UnreadyError
                raise kind(_("{program} does not answer.", program=name) + tail(self.data / "log" / f"{name}.log"))
            time.sleep(0.05)

    def state(self, name: str) -> str:
        try:
            return str(self._info(name)["statename"])
        except OSError:
            return "STARTING"  # its socket is not there yet

    def stop_program(self, name: str) -> None:
        self._call("stopProcess", self._full_name(name))

    def start_program(self, name: str) -> None:
        restarts.forget(self.data, name)
        self._call("startProcess", self._full_name(name))

    def pid(self, name: str) -> int:
        return int(self._info(name)["pid"])

    def stop(self, process: Daemon) -> None:
        process.send_signal(signal.SIGTERM)
        process.wait()

    def shut_down(self) -> None:
        """Asks a supervisor of another launcher to stop; it is over once its socket is gone and the lock is free."""
        self._call("shutdown")

    def _info(self, name: str) -> dict[str, Any]:
        return next(info for info in self._call("getAllProcessInfo") if info["name"] == name)

    def _full_name(self, name: str) -> str:
        return f"{self._info(name)['group']}:{name}"

    def _call(self, method: str, *arguments: str) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        return getattr(server.supervisor, method)(*arguments)

    def _render(self, programs: Sequence[Program]) -> str:
        head = f"""\
; Rendered at each start by the launcher: changes are lost.
[supervisord]
logfile = {self.log}
logfile_maxbytes = {LOG_BYTES}
loglevel = warn
pidfile = {self.pid_file}
childlogdir = {self.data}/log
; open files, inherited by the daemons: Dovecot's login processes ask for several thousand
minfds = 16384
user = root
; logs name people: for root only
umask = 027

[unix_http_server]
file = {self.socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
        groups = "".join(self._group(wave, programs) for wave in WAVES)
        return head + groups + "".join(self._section(program) for program in programs)

    def _group(self, wave: Wave, programs: Sequence[Program]) -> str:
        """A group is stopped as one, and the next only when all of it is gone."""
        names = [program.name for program in programs if wave.holds(program)]
        return f"\n[group:{wave.name}]\nprograms = {','.join(names)}\npriority = {wave.first}\n" if names else ""

    def _section(self, program: Program) -> str:
        environment = {**clean_environment(self.data), **program.environment}
        if program.beats:
            environment[watchdog.VARIABLE] = str(self.data / supervisor_daemon.NOTICES)
        start = (sys.executable, "-P", "-m", "vaguemestre.launcher.processes.program_start", program.name, program.user)
        return f"""
[program:{program.name}]
command = {_escape(shlex.join((*start, *program.command)))}
directory = {CHECKOUT}
environment = {_escape(",".join(f'{name}="{value}"' for name, value in environment.items()))}
priority = {program.priority}
umask = {"022" if program.user == "root" else "027"}
autorestart = true
; tried again for ever: `program_start` waits, longer each time, before a program that dies at once
startsecs = 0
startretries = 1000000
stopsignal = {program.stop_signal}
stopwaitsecs = {program.stop_seconds}
killasgroup = true
stopasgroup = {str(program.stop_group).lower()}
redirect_stderr = true
stdout_logfile = {self.data}/log/{program.name}.log
stdout_logfile_maxbytes = {LOG_BYTES}
stdout_logfile_backups = 3
"""


def clean_environment(data: Path) -> dict[str, str]:
    """What a process of the product may see: nothing of the operator's own environment but what names this folder."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("VAGUEMESTRE_")}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",  # all logs in one, and no hour twice in October
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "vaguemestre.settings",
        "VAGUEMESTRE_DATA": str(data),
    }


def tail(log: Path, lines: int = 15) -> str:
    try:
        text = log.read_text(errors="replace").splitlines()[-lines:]
    except OSError:
        text = []
    return "\n".join([_("\nThe end of {log}:", log=log), *(f"  {line}" for line in text)])


def _escape(text: str) -> str:
    return text.replace("%", "%%")
