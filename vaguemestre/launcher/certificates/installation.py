"""Certificates put where the service reads them, and every daemon told: no session and no stream ends by it."""

import datetime
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509

from vaguemestre.engine import configuration, tls_policy
from vaguemestre.instance import Instance, own_door
from vaguemestre.launcher.data_folder.folder import write
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.nginx import configuration as nginx
from vaguemestre.launcher.process_table import processes
from vaguemestre.launcher.processes.supervision import clean_environment
from vaguemestre.launcher.texts import _
from vaguemestre.launcher.tls import authority
from vaguemestre.launcher.tls.pairs import Pair, joined_pem
from vaguemestre.web.certificates import shown_certificate

PATIENCE = 20.0  # seconds until each door shows the new one


def keep(data: Path, pairs: Sequence[Pair]) -> None:
    """As those of the service from now on, also after a restart. Those of before are kept for the way back."""
    kept, former = authority.installed_file(data), authority.former_file(data)
    fresh = joined_pem(pairs)
    if kept.exists() and kept.read_bytes() != fresh:
        write(former, kept.read_bytes(), mode=0o600)
    write(kept, fresh, mode=0o600)


def keep_former(data: Path) -> None:
    """The two change places. Raises LauncherError when there are none."""
    kept, former = authority.installed_file(data), authority.former_file(data)
    if not former.exists():
        raise LauncherError(_("No certificates of before are kept."))
    current = kept.read_bytes()
    write(kept, former.read_bytes(), mode=0o600)
    write(former, current, mode=0o600)


def put_in_place(data: Path, instance: Instance, now: datetime.datetime) -> list[str]:
    """Where the daemons read; they are told if anything changed, or if one of them shows another. Returns the doors
    that do not show it after all; raises LauncherError."""
    before = _read(data)
    authority.ensure(data, instance.host, instance.tls, now=now)
    after = _read(data)
    if len(before) != len(after):  # their files name each pair
        configuration.render(instance, now=now)
        nginx.render(data, instance)
    if before != after or other_doors(data, instance):
        _tell(data, instance)
    deadline = time.monotonic() + PATIENCE
    while (others := other_doors(data, instance)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return others


def other_doors(data: Path, instance: Instance) -> list[str]:
    """Those that show another certificate than the files hold. One where nobody answers shows none."""
    ours = {x509.load_pem_x509_certificate(content) for content in _read(data)}
    found = []
    for name in ("web", "imaps", "smtps"):
        with suppress(OSError):
            if shown_certificate((own_door(instance.listen), getattr(instance.ports, name)), instance.host) not in ours:
                found.append(name)
    return found


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """A second one, by hand while the timer renews, waits for the first."""
    with (data / "tls" / "installation.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(data: Path) -> list[bytes]:
    with suppress(FileNotFoundError):
        return [certificate.read_bytes() for certificate, _key in tls_policy.certificates(data)]
    return []


def _tell(data: Path, instance: Instance) -> None:
    """Each continues with those who are connected, and takes whoever comes next by the new certificate. One that does
    not run reads it when it starts."""
    if master := _nginx_master(data):
        os.kill(master, signal.SIGHUP)
    for command in configuration.reload_commands(instance):
        subprocess.run(command, env=clean_environment(data), capture_output=True, check=False)


def _nginx_master(data: Path) -> int | None:
    """By what runs: the file with its number is in a folder of the web's user, whom root does not believe."""
    title = f"nginx: master process {' '.join(nginx.command(data))}"
    return next((process.pid for process in processes() if process.command()[:1] == [title]), None)
