"""Shared by tests: the programs of the run, and one of them that hangs."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from vaguemestre.engine import processes
from vaguemestre.engine.processes import Program
from vaguemestre.instance import Instance, read_instance
from vaguemestre.launcher.processes.supervision import Supervision
from vaguemestre.testing import data_folder

MAIL_PROGRAMS = "vaguemestre.engine.testing.programs.mail_programs"


def mail_programs(_data: Path, _instance: Instance) -> list[Program]:
    """For `settings.PROGRAMS`: a run of tests has no others."""
    return processes.programs(read_instance())


@contextlib.contextmanager
def hung(program: str) -> Iterator[None]:
    """Stopped where it stands: the kernel continues taking connections for it."""
    with stopped(Supervision(data_folder()).pid(program)):
        yield


@contextlib.contextmanager
def stopped(*numbers: int) -> Iterator[None]:
    for number in numbers:
        os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        for number in numbers:
            os.kill(number, signal.SIGCONT)
