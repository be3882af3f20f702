"""`bin/test`: a temporary data folder, real daemons on free ports, pytest in a child, and nothing left behind."""

import argparse
import contextlib
import datetime
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import postgresql
from vaguemestre.engine import configuration, processes
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder, ports, secrets
from vaguemestre.launcher.prepare import describe
from vaguemestre.launcher.processes.supervision import Supervision, clean_environment
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.tls import authority

HOST = "localhost"


def run(arguments: Sequence[str]) -> int:
    options, pytest_options = _read(arguments)
    data = Path(tempfile.mkdtemp(prefix="vaguemestre-test-"))
    with _removed_when_cut_short(data), ports.claimed_base() as base, contextlib.ExitStack() as stack:
        instance = prepare(data, base)
        if options.database == "postgresql":
            os.environ["VAGUEMESTRE_DATABASE"] = stack.enter_context(postgresql.cluster(data / "postgresql"))
        stack.enter_context(mail_servers(data, instance))
        code = _pytest(data, pytest_options)
    if options.keep or code:
        print(f"\nThe data folder of this run is kept: {data} (log/ has one file a daemon)")
    else:
        shutil.rmtree(data)
    return code


@contextlib.contextmanager
def _removed_when_cut_short(data: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        shutil.rmtree(data)
        raise


def prepare(data: Path, base: int) -> Instance:
    """A data folder as a first `bin/run` would make it, and this process pointed at it."""
    data.chmod(0o755)
    folder.lay_out(data)
    instance = describe(data, base, mode="test", host=HOST, rspamd=False)
    secrets.ensure(data / "secrets", database_exists=False)
    authority.ensure(data, HOST, instance.tls, now=datetime.datetime.now(datetime.UTC))
    return instance


@contextlib.contextmanager
def mail_servers(data: Path, instance: Instance) -> Iterator[None]:
    configuration.render(instance, now=datetime.datetime.now(datetime.UTC))
    programs = processes.programs(instance)
    supervision = Supervision(data)
    process = supervision.start(programs)
    try:
        with step("start of the mail servers"):
            supervision.wait_ready(programs, process)
        yield
    finally:
        supervision.stop(process)


def _pytest(data: Path, options: Sequence[str]) -> int:
    environment = {**os.environ, **clean_environment(data)}
    return subprocess.call([sys.executable, "-m", "pytest", *options], cwd=CHECKOUT, env=environment)


def _read(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        "bin/test", description="Runs the tests against real daemons. Anything else goes to pytest.",
        usage="%(prog)s [--database postgresql] [--keep] [PATH…] [pytest options]", allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--keep", action="store_true", help="keep the data folder even when all tests pass")
    return parser.parse_known_args(arguments)
