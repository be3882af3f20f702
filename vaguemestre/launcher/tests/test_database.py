"""A database that starts later than we do is waited for; one that does not come is named, without its password."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import postgresql
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.databases import database
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.processes.supervision import clean_environment


@pytest.fixture
def data(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.lay_out(open_folder)
    (open_folder / "instance.toml").write_text("")
    monkeypatch.setenv("VAGUEMESTRE_DATA", str(open_folder))
    return open_folder


def served_by(data: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> Instance:
    monkeypatch.setenv("VAGUEMESTRE_DATABASE", server)
    return Instance(data=data)


def test_one_that_does_not_come_is_named_without_its_password(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = served_by(data, f"postgresql://one:sesame@/vg?host={data}", monkeypatch)
    with pytest.raises(LauncherError) as refused:
        database.wait(data, instance, seconds=0)
    assert str(data) in str(refused.value)
    assert "instance.toml" in str(refused.value)
    assert "sesame" not in str(refused.value)


def test_one_that_starts_later_is_waited_for(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        postgresql.programs()
    except LauncherError:
        pytest.skip("no PostgreSQL here")
    place = data / "postgresql"
    monkeypatch.setenv("VAGUEMESTRE_DATABASE", f"postgresql:///postgres?host={place}/socket&user={folder.WEB_USER}")
    command = [sys.executable, "-P", "-m", "vaguemestre.launcher.databases.database_wait", "300"]
    environment = {**os.environ, **clean_environment(data)}
    waiting = subprocess.Popen(command, cwd=CHECKOUT, env=environment, user=folder.WEB_USER, extra_groups=[])
    with postgresql.cluster(place):
        assert waiting.wait() == 0
