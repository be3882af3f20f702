"""For tests about the whole: a demo of one's own, started as a newcomer would start it, gone when the block ends."""

import contextlib
import imaplib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tools import database_template
from vaguemestre.engine.processes import Program
from vaguemestre.instance import Instance, Ports
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import endpoints, folder, ports, secrets
from vaguemestre.launcher.process_table import processes
from vaguemestre.launcher.processes import programs
from vaguemestre.launcher.processes.supervision import Supervision

PATIENCE = 120  # seconds, on a machine that does other things too


@dataclass(frozen=True)
class Demo:
    data: Path
    endpoints: dict[str, Any]  # the content of endpoints.json

    @property
    def web(self) -> str:
        return str(self.endpoints["web"])

    @property
    def ca(self) -> Path:
        return Path(self.endpoints["ca"])

    @property
    def supervision(self) -> Supervision:
        """To stop, start or find one of its programs: `demo.supervision.stop_program("dovecot")`."""
        return Supervision(self.data)

    def programs(self) -> list[Program]:
        written = tomllib.loads((self.data / "instance.toml").read_text())
        return programs.programs(self.data, Instance(data=self.data, **written))

    def start(self, name: str) -> None:
        """Returns once it answers again."""
        self.supervision.start_program(name)
        until(next(program for program in self.programs() if program.name == name).answers, f"{name} does not answer")

    def kill(self, program: str) -> list[int]:
        """Its first process, outright. Returns it and all that it had started."""
        family = descendants(self.supervision.pid(program))
        os.kill(family[0], signal.SIGKILL)
        return family

    def kill_everything(self) -> None:
        """As a power cut does."""
        for pid in descendants(int(self.supervision.pid_file.read_text())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def account(self, role: str) -> dict[str, str]:
        """The first one of that role: identifier, address, password."""
        return next(account for account in self.endpoints["accounts"] if account["role"] == role)


def descendants(ancestor: int) -> list[int]:
    """The ancestor first."""
    family, children = [ancestor], processes()
    for parent in family:
        family += [process.pid for process in children if process.parent == parent]
    return family


@contextlib.contextmanager
def running_demo(
    *, rspamd: bool = False, within: Path | None = None, more: str = "", empty: bool = False
) -> Iterator[Demo]:
    """A whole demo in a folder of its own, on free ports; on PostgreSQL when the test run is. `more`: further tables of
    its `instance.toml`. `empty`: its first start makes the tables, as a newcomer's does; else those of an earlier test
    run are there already."""
    data = Path(tempfile.mkdtemp(prefix="vaguemestre-demo-", dir=within))
    data.chmod(0o755)
    facts: dict[str, str | bool | int] = {"mode": "demo", "host": "localhost", "rspamd": rspamd}
    facts["undo_seconds"] = 0  # stories wait for what was sent; those about calling back choose their time
    facts["permitted_address"] = "127.0.0.1"  # where stories put the servers of strangers
    if server := os.environ.get("VAGUEMESTRE_DATABASE"):
        facts["database"] = own_database(server, empty=empty)
    elif not empty:
        folder.lay_out(data)
        secrets.ensure(data / "secrets", database_exists=False)  # a database without them is refused
        database_template.copy_sqlite(data / "db" / "vaguemestre.sqlite3")
    with ports.claimed_base() as base:
        folder.write_instance(data / "instance.toml", facts, Ports.from_base(base))
        with (data / "instance.toml").open("a") as file:
            file.write(more)
        launch(data, "--background")
        try:
            yield Demo(data, json.loads((data / endpoints.FILE).read_text()))
        finally:
            launch(data, "--stop")
    shutil.rmtree(data)


def launch(data: Path, *options: str, accepted: int = 0, through: Sequence[str] = ()) -> str:
    """`bin/run` on that folder, with nothing of the test run's own environment. Returns what it printed. `through`: a
    command that leads it elsewhere, into namespaces of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VAGUEMESTRE_")}
    done = subprocess.run(
        [*through, sys.executable, "-P", "-m", "vaguemestre.launcher", "run", "--data", str(data), *options],
        cwd=CHECKOUT, env={**environment, "PYTHONPATH": str(CHECKOUT)}, check=False, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode != accepted:
        raise AssertionError(f"bin/run {' '.join(options)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def own_database(server: str, *, empty: bool) -> str:
    name = f"demo_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = psycopg.conninfo.make_conninfo(server, dbname=name)
    if not empty:
        database_template.fill_postgresql(address)
    return address


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def trust(demo: Demo) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(demo.ca))


def mail_program(demo: Demo, role: str = "teacher") -> imaplib.IMAP4_SSL:
    """Signed in. Left by itself it stays."""
    account, place = demo.account(role), demo.endpoints["imaps"]
    server = imaplib.IMAP4_SSL(place["host"], place["port"], ssl_context=trust(demo))
    server.login(account["identifier"], account.get("app_password", account["password"]))
    return server


def mails(demo: Demo, role: str = "teacher") -> int:
    with mail_program(demo, role) as server:
        return int(server.select("INBOX", readonly=True)[1][0] or b"0")


def page(demo: Demo, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(demo.web + path, context=trust(demo), timeout=30) as answer:  # noqa: S310 - https
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
