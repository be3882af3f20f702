"""Ports are tried by binding before anything starts: a taken one is named with its purpose."""

import contextlib
import fcntl
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vaguemestre.instance import DEMO_BASE, Ports, listen_addresses
from vaguemestre.launcher.data_folder import port_holder
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _

PURPOSES = {
    "web": "HTTPS", "imaps": "IMAPS", "smtps": "SMTPS", "smtp": "SMTP", "sieve": "ManageSieve", "gate": "gate",
    "events": "events", "reinject": "reinjection", "sink": "sink", "http": "HTTP",
}  # fmt: skip
PUBLIC = ("web", "imaps", "smtps", "smtp", "http")


def require_free(ports: Ports, listen: str) -> None:
    taken = []
    for name, address in _places(listen):
        purpose, port = PURPOSES[name], getattr(ports, name)
        if port is not None and (reason := _refusal(address, port)):
            taken.append(
                _(
                    "  port {port} ({purpose}) on {address}: {reason}",
                    port=port,
                    purpose=purpose,
                    address=address,
                    reason=f"{reason}{_held_by(port)}",
                )
            )
    if taken:
        raise LauncherError(
            _(
                "These ports cannot be used:\n{ports}\nChoose others: bin/run --ports BASE, "
                "or change `[ports]` in instance.toml.",
                ports="\n".join(taken),
            )
        )


def _held_by(port: int) -> str:
    if port_holder.is_in_time_wait(port):
        said = _(", for a minute after a connection has ended (TIME-WAIT): try again then")
    elif found := port_holder.holder(port):
        said = _(", held by {program}, process {pid}", program=found.said(), pid=found.pid)
    else:
        said = ""
    return said + (_("; the kernel gives it to clients too") if port_holder.is_for_clients(port) else "")


def _places(listen: str) -> Iterator[tuple[str, str]]:
    for name in PURPOSES:
        for address in listen_addresses(listen) if name in PUBLIC else ("127.0.0.1",):
            yield name, address


def _refusal(address: str, port: int) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if probe.family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except (OSError, OverflowError) as error:
            return getattr(error, "strerror", None) or str(error)
    return None


@contextlib.contextmanager
def claimed_base() -> Iterator[int]:
    """A base whose ports are all free, below the range that the kernel gives to clients; claimed against other runs."""
    for base in range(20000, 31000, 1000):
        if base == DEMO_BASE:
            continue
        with contextlib.suppress(BlockingIOError), _claim(base):
            ports = Ports.from_base(base)
            if not any(_refusal("127.0.0.1", getattr(ports, name)) for name in PURPOSES):
                yield base
                return
    raise LauncherError(_("No free range of ports between 20000 and 32000."))


@contextlib.contextmanager
def _claim(base: int) -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / f"vaguemestre-ports-{base}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
