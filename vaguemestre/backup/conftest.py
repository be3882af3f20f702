import contextlib
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vaguemestre.backup.places.configuration import BackupConfiguration, BackupTarget
from vaguemestre.backup.places.identity import FILE as IDENTITY_FILE
from vaguemestre.backup.places.repository import Repository
from vaguemestre.backup.places.runs import mailbox_path

INSTANCE = "0123456789abcdef"


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
def empty_repositories(tmp_path_factory: pytest.TempPathFactory) -> list[Repository]:
    """Two, made once: restic's making of a key takes a second or two."""
    folder, made = tmp_path_factory.mktemp("empty-repositories"), []
    for name in ("mail", "secrets"):
        password = folder / f"{name}.password"
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe())
        made.append(Repository(BackupTarget(str(folder / name), password), INSTANCE, folder / "work"))
        made[-1].make()
    return made


@pytest.fixture
def repository(tmp_path: Path, empty_repositories: list[Repository]) -> Repository:
    folder, empty = tmp_path / "away" / "one", empty_repositories[0]
    shutil.copytree(empty.target.address, folder)
    return replace(empty, target=BackupTarget(str(folder), empty.target.password_file), work=tmp_path / "work")


@pytest.fixture
def store(configuration: BackupConfiguration, empty_repositories: list[Repository]) -> BackupConfiguration:
    """A small installation on SQLite, of files alone: nothing runs. Both places are made."""
    data = configuration.data
    home = f"mail/{mailbox_path('a0000001')}"
    for name in (
        "secrets/django.key", "instance.toml", "outbox/one", "handouts/one", "career/one", "letters/sheet.pdf",
        "log/web", f"{home}/sdbox/mailboxes/INBOX/dbox-Mails/u.1", f"{home}/sdbox/fts-flatcurve/words",
    ):  # fmt: skip
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(name)
    (data / "db").mkdir()
    (data / "tmp").mkdir()
    with contextlib.closing(sqlite3.connect(data / "db" / "vaguemestre.sqlite3")) as made, made:
        made.execute("CREATE TABLE accounts_account (key TEXT, password_kind TEXT)")
        made.execute("INSERT INTO accounts_account VALUES ('a0000001', 'own')")
    (data / "db" / "mail.sqlite3").write_text("never")
    (data / "secrets" / IDENTITY_FILE).write_text(INSTANCE)
    for target, empty in zip((configuration.mail, configuration.secrets), empty_repositories, strict=True):
        shutil.copytree(empty.target.address, target.address)
        target.password_file.write_text(empty.target.password_file.read_text())
    return configuration


@pytest.fixture
def database(store: BackupConfiguration) -> dict[str, object]:
    """As in Django's `DATABASES`."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": store.data / "db" / "vaguemestre.sqlite3"}


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder of the product's user, who cannot reach pytest's own."""
    with tempfile.TemporaryDirectory(prefix="vgm-") as made:
        shutil.chown(made, "vaguemestre", "vaguemestre")
        yield Path(made)
