"""A second Dovecot over the demo's mailboxes, as an expert gives one to a webmail on the same machine.

A plain port on loopback: neither TLS nor a question to our gate, a password that is compared and not hashed, imap
processes that are there already. Roundcube and SOGo are measured over it; the product keeps its own.
"""

import contextlib
import pwd
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PORT = 33944
HERE = Path(__file__).parent


@dataclass(frozen=True)
class PlainImap:
    port: int
    password: str  # of everybody
    process: int


@contextlib.contextmanager
def serving(data: Path) -> Iterator[PlainImap]:
    with tempfile.TemporaryDirectory(prefix="vaguemestre-imap-") as name:
        folder, password = Path(name), secrets.token_hex(8)
        folder.chmod(0o755)
        values = {
            "@folder@": name, "@data@": str(data.absolute()), "@port@": str(PORT), "@password@": password,
            "@vmail_uid@": str(pwd.getpwnam("vmail").pw_uid),
        }  # fmt: skip
        rendered(HERE / "dovecot.conf.in", folder / "dovecot.conf", values)
        with running(["/usr/sbin/dovecot", "-F", "-c", str(folder / "dovecot.conf")]) as process:
            until_connected(PORT)
            yield PlainImap(PORT, password, process.pid)


def rendered(template: Path, place: Path, values: dict[str, str]) -> None:
    text = template.read_text()
    for name, value in values.items():
        text = text.replace(name, value)
    place.write_text(text)


@contextlib.contextmanager
def running(command: list[str], *, user: str | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Until the block ends. As another user it says nothing: what it must say is in a log of its own."""
    said = subprocess.DEVNULL if user else None
    process = subprocess.Popen(
        command, user=user, group=user, extra_groups=[] if user else None, stdout=said, stderr=said
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def until_connected(port: int) -> None:
    for _try in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing answers at port {port}")
