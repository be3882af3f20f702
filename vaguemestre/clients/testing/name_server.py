"""Shared by tests: a real name server, and all that this installation publishes in it."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vaguemestre.academy.facts import academy
from vaguemestre.clients.dns.records import Record, mail_host, records

ADDRESS = "192.0.2.25"


def free_port() -> int:
    """Free for both: what UDP gives may be taken by a connection of somebody else's test."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            with suppress(OSError):
                other.bind(("127.0.0.1", one.getsockname()[1]))
                return int(one.getsockname()[1])


def as_published(record: Record) -> str:
    """In the words of dnsmasq's own configuration."""
    words = record.value.split()
    match record.kind:
        case "MX":
            return f"mx-host={record.name},{words[1].rstrip('.')},{words[0]}"
        case "SRV":
            priority, weight, port, target = words
            return f"srv-host={record.name},{target.rstrip('.')},{port},{priority},{weight}"
        case "CNAME":
            return f"cname={record.name},{record.value.rstrip('.')}"
        case _text:
            pieces = ",".join(re.findall(r'"[^"]*"', record.line))
            return f"txt-record={record.name},{pieces}"


@contextmanager
def name_server(folder: Path, lines: list[str]) -> Iterator[str]:
    port = free_port()
    own = [
        f"port={port}", "listen-address=127.0.0.1", "bind-interfaces", "no-resolv", "no-hosts", "user=root",
        f"local=/{academy().domain}/", "local=/in-addr.arpa/", f"pid-file={folder / 'pid'}",
    ]  # fmt: skip
    (folder / "conf").write_text("\n".join([*own, *lines]) + "\n")
    command = ["dnsmasq", "--keep-in-foreground", f"--conf-file={folder / 'conf'}", "--log-facility=-"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            _until_it_listens(server, port)
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


def _until_it_listens(server: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert server.poll() is None, server.communicate()[1]
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("dnsmasq does not answer")


def zone() -> list[str]:
    return [f"host-record={mail_host()},{ADDRESS}", *map(as_published, records())]
