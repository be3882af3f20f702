import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.backup.configuration import BackupConfiguration, BackupTarget
from vaguemestre.backup.repository import Repository


@pytest.fixture
def target(tmp_path: Path) -> Callable[[str], BackupTarget]:
    """A place with a password of its own; nothing is there yet."""

    def made(name: str) -> BackupTarget:
        password = tmp_path / f"{name}.password"
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe())
        return BackupTarget(str(tmp_path / "away" / name), password)

    return made


@pytest.fixture
def configuration(tmp_path: Path, target: Callable[[str], BackupTarget]) -> BackupConfiguration:
    data = tmp_path / "data"
    data.mkdir()
    return BackupConfiguration(
        data=data, mail=target("mail"), secrets=target("secrets"), processors=os.cpu_count() or 1
    )


@pytest.fixture(scope="session")
def empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Made once: restic's making of a key takes a second or two."""
    folder = tmp_path_factory.mktemp("empty-repository")
    password = folder / "password"
    password.touch(0o600)
    password.write_text(secrets.token_urlsafe())
    made = Repository(BackupTarget(str(folder / "one"), password), "0123456789abcdef", folder / "work")
    made.make()
    return made


@pytest.fixture
def repository(tmp_path: Path, empty_repository: Repository) -> Repository:
    folder = tmp_path / "away" / "one"
    shutil.copytree(empty_repository.target.address, folder)
    target = BackupTarget(str(folder), empty_repository.target.password_file)
    return replace(empty_repository, target=target, work=tmp_path / "work")
