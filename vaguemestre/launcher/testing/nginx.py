"""Shared by tests: nginx."""

import http.client
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from vaguemestre.instance import Instance
from vaguemestre.launcher import folder
from vaguemestre.launcher.nginx import configuration

type Ask = Callable[..., tuple[int, str]]


@contextmanager
def serving(data: Path, instance: Instance) -> Iterator[Ask]:
    context = ssl.create_default_context(cafile=str(data / "tls" / "ca.pem"))

    def ask(
        method: str, path: str, source: str = "127.0.0.1", host: str | None = None, **more: object
    ) -> tuple[int, str]:
        connection = http.client.HTTPSConnection(
            instance.host, instance.ports.web, context=context, source_address=(source, 0), timeout=30
        )
        with closing(connection):
            if host:
                more["headers"] = {"Host": host}
            connection.request(method, path, **more)  # type: ignore[arg-type]
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or answer.read().decode()

    user = folder.WEB_USER
    with subprocess.Popen(configuration.command(data), user=user, group=user, extra_groups=[]) as server:
        try:
            _until_it_answers(ask)
            yield ask
        finally:
            server.terminate()


def _until_it_answers(ask: Ask) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            ask("GET", "/session/")
        except OSError:
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.05)
        else:
            return
