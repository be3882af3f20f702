"""What each program of ours writes, as a supervisor starts it where its place is missing: by the setting, JSON."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from vaguemestre.engine.processes import Program
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.processes import programs
from vaguemestre.launcher.processes.supervision import clean_environment
from vaguemestre.launcher.systemd import units

SERVERS = ("events", "files", "gate", "web")
OTHERS = ("cleaner", "converter", "decoder", "queuekeeper", "restorer", "sendercheck", "tasks")


def program(name: str, data: Path) -> Program:
    return next(program for program in listed(data) if program.name == name)


def listed(data: Path) -> list[Program]:
    instance = Instance(data=data, mode="production", ports=units.STANDARD, rspamd=True, log_format="json")
    return programs.programs(data, instance)


@contextmanager
def started(program: Program, data: Path) -> Iterator[IO[str]]:
    """What it says. It cannot begin, for nothing is there."""
    own = {**program.environment, "VAGUEMESTRE_LOG_FORMAT": "json"}  # as it stands in `instance.toml`
    process = subprocess.Popen(
        program.command, env={**clean_environment(data), **own}, cwd=CHECKOUT, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout
        yield process.stdout
        process.terminate()


def test_these_are_all(open_folder: Path) -> None:
    python = [program.name for program in listed(open_folder) if sys.executable in program.command]
    assert sorted(python) == sorted([*SERVERS, *OTHERS, "postfix"])


@pytest.mark.parametrize("name", OTHERS)
def test_each_writes_an_object_a_line(open_folder: Path, name: str) -> None:
    missing = open_folder / "missing"
    with started(program(name, missing), missing) as said:
        told = [json.loads(line) for line in said]
    assert told
    for line in told:
        assert {"time", "level", "logger", "message"} <= line.keys()
        assert "No such file" in line.get("exception", line["message"])


def test_the_server_of_pages_does(open_folder: Path) -> None:
    """The others are started by the same words. Why a worker was not let begin is a sentence for people."""
    missing = open_folder / "missing"
    server = program("events", missing)
    assert {program(name, missing).command[:5] for name in SERVERS} == {server.command[:5]}
    with started(server, missing) as said:
        first = next(line for line in said if "No such file" not in line)
    assert json.loads(first)["logger"] == "_granian"
