"""A PostgreSQL that hangs: stopped with all its processes, it takes connections and answers none."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connections, transaction

from tools import postgresql
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.testing import descendants
from vaguemestre.web.postgresql import base


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    try:
        postgresql.programs()
    except LauncherError:
        pytest.skip("no PostgreSQL here")
    folder = Path("/tmp") / f"vgm-hang-{os.getpid()}"  # noqa: S108 - short, for sockets
    for name, value in {"ANSWER_SECONDS": 0.5, "CONNECT_SECONDS": 1, "PAUSE_SECONDS": 60.0, "limited": True}.items():
        monkeypatch.setattr(base, name, value)
    monkeypatch.setattr(base, "_next_try", 0.0)
    with postgresql.cluster(folder):
        yield folder
    shutil.rmtree(folder)


@contextmanager
def hanging(server: Path) -> Iterator[None]:
    family = descendants(int((server / "files" / "postmaster.pid").read_text().split()[0]))
    for process in family:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in family:
            os.kill(process, signal.SIGCONT)


def new_connection(server: Path) -> base.DatabaseWrapper:
    like = connections["default"].settings_dict
    place = {"NAME": "vaguemestre", "USER": "vaguemestre", "PASSWORD": "", "HOST": f"{server}/socket", "PORT": ""}
    return base.DatabaseWrapper({**like, "CONN_HEALTH_CHECKS": True, "OPTIONS": {}, **place})


def read(database: base.DatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_one_that_hangs_is_waited_for_once_and_served_again_when_it_answers(
    server: Path, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    open_before, idle_before = new_connection(server), new_connection(server)
    read(open_before)
    read(idle_before)
    with hanging(server):
        with pytest.raises(OperationalError, match="has not answered"):
            read(open_before)
        open_before.close()
        with pytest.raises(OperationalError, match="timeout"):
            read(open_before)
        with pytest.raises(OperationalError, match="a moment ago"):
            read(new_connection(server))
    monkeypatch.setattr(base, "_next_try", 0.1)  # the pause is over
    for database in (open_before, idle_before, new_connection(server)):
        read(database)
        database.close()


def test_in_a_transaction_too_nothing_is_left_behind(server: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Django tries once more at its end."""
    connections["hanging"] = database = new_connection(server)
    read(database)
    with hanging(server), pytest.raises(OperationalError), transaction.atomic("hanging"):
        read(database)
    monkeypatch.setattr(base, "_next_try", 0.0)
    read(database)
    database.close()
    del connections["hanging"]
