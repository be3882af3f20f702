"""The test application (`application.py`) as a process beside the demo: registered, started, stopped, looked at."""

import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.processes.product_commands import manage, talk
from vaguemestre.launcher.testing import Demo

HOST = "127.0.0.1"  # another site than the demo's `localhost`


@dataclass
class Elsewhere:
    folder: Path
    port: int
    ca: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-P", "-m", "e2e.application", str(self.folder / "facts.json")]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=CHECKOUT, env={"PYTHONPATH": str(CHECKOUT)}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def heard(self) -> list[dict[str, Any]]:
        """What the provider told it, in order: hour, protocol, how many sessions ended by it."""
        file = self.folder / "heard"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def signed_in(self) -> int:
        """How many sessions it holds open."""
        return len(json.loads((self.folder / "sessions").read_text()))

    def _answers(self) -> bool:
        context = ssl.create_default_context(cafile=str(self.ca))
        try:
            with (
                socket.create_connection((HOST, self.port), 1) as line,
                context.wrap_socket(line, server_hostname=HOST),
            ):
                return True
        except OSError:
            return False


@contextmanager
def application(demo: Demo, folder: Path) -> Iterator[Elsewhere]:
    """Registered for both protocols, and running."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    there = Elsewhere(folder, port, demo.ca)
    told = talk(
        demo.data,
        ["vaguemestre", "applications", "trial", "--redirect", f"{there.url}/oidc/retour", "--logout", f"{there.url}/",
         "--told", f"{there.url}/oidc/fin"], "",
    )  # fmt: skip
    manage(demo.data, "applications", "trial-cas", "--service", f"{there.url}/cas/entree")
    tls = demo.data / "tls"
    facts = {
        "host": HOST, "port": port, "issuer": demo.web, "ca": str(demo.ca), "certificate": str(tls / "server.pem"),
        "key": str(tls / "server.key"), "sessions": str(folder / "sessions"), "heard": str(folder / "heard"),
    }  # fmt: skip
    (folder / "sessions").write_text("{}")
    (folder / "facts.json").write_text(json.dumps(facts | json.loads(told)))
    there.start()
    try:
        yield there
    finally:
        there.stop()
