"""What is in the data folder goes aside whole or stays; what was put aside is never deleted."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.backup import unfinished_restore
from vaguemestre.backup.errors import OtherDiskError
from vaguemestre.backup.whole import former_store

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("db/vaguemestre.sqlite3", "mail/one", "secrets/django.key", "instance.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old")
    return tmp_path


@pytest.fixture
def disk(data: Path) -> Iterator[Path]:
    """Of the same file system: only the kernel knows that it is one."""
    other = data / "other"
    other.mkdir()
    (other / "one").write_text("old")
    if subprocess.run(["mount", "--bind", str(other), str(data / "mail")], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield data / "mail"
    subprocess.run(["umount", str(data / "mail")], check=True)


def test_one_that_died_while_it_put_aside_goes_on_with_that(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.rename

    def dying(path: Path, target: Path) -> Path:
        if path.name == "mail":
            raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(Path, "rename", dying)
    with pytest.raises(KeyboardInterrupt):
        former_store.put_aside(data, None, "", NOW)
    assert not (data / "db").exists()
    begun = unfinished_restore.read(data)
    assert begun
    assert begun.brought is None
    monkeypatch.undo()
    aside = former_store.put_aside(data, begun, "", NOW)
    assert aside
    assert [(aside / name).exists() for name in ("db/vaguemestre.sqlite3", "mail/one", "instance.toml")] == [True] * 3

    (data / "mail").mkdir()
    (data / "mail" / "half").write_text("brought")
    assert former_store.put_aside(data, unfinished_restore.read(data), "", NOW) == aside
    assert not (data / "mail" / "half").exists()
    assert (aside / "mail" / "one").read_text() == "old"


def test_what_cannot_move_is_found_before_anything_stays_moved(data: Path, disk: Path) -> None:
    with pytest.raises(OSError, match="busy"):
        former_store.put_aside(data, None, "", NOW)
    assert (disk / "one").exists()
    assert (data / "db" / "vaguemestre.sqlite3").exists()
    assert unfinished_restore.read(data) is None


def test_mail_on_another_disk_is_said_and_an_empty_one_serves(
    data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (data / "mail").rename(data / "mail-before")
    (data / "mail").symlink_to(other)
    (other / "one").write_text("old")
    with pytest.raises(OtherDiskError):
        former_store.put_aside(data, None, "", NOW)
    assert (data / "db" / "vaguemestre.sqlite3").exists()
    (other / "one").unlink()
    (other / "lost+found").mkdir()
    former_store.put_aside(data, None, "", NOW)
    assert (data / "mail").is_symlink()
