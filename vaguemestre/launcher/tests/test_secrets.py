import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from vaguemestre.launcher import summary
from vaguemestre.launcher.data_folder import folder, secrets
from vaguemestre.launcher.errors import LauncherError


@pytest.fixture
def place(open_folder: Path) -> Path:
    folder.lay_out(open_folder)
    return open_folder / "secrets"


def test_made_once_then_kept(place: Path) -> None:
    made = secrets.ensure(place, database_exists=False)
    before = {name: (place / name).read_bytes() for name in made}
    assert secrets.ensure(place, database_exists=True) == []
    assert {name: (place / name).read_bytes() for name in made} == before


def test_closed_to_everybody_else_and_of_the_right_kind(place: Path) -> None:
    for name in secrets.ensure(place, database_exists=False):
        shared = name == "files.key"  # read by who may read no other
        assert stat.S_IMODE((place / name).stat().st_mode) == (0o640 if shared else 0o600)
        assert (place / name).group() == ("vaguemestre-files" if shared else "vaguemestre")
        assert (place / name).owner() == "vaguemestre"
    Fernet((place / "letter-seal.1.key").read_bytes())


def test_what_each_is_for_is_said_when_it_is_made(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = secrets.ensure(place, database_exists=False)
    summary.show_secrets(place.parent, made)
    lines = {
        line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")
    }
    assert set(lines) == set(made)
    assert all(lines.values())


def test_missing_beside_a_database_each_is_named_and_none_is_made(place: Path) -> None:
    secrets.ensure(place, database_exists=False)
    (place / "numen-encryption.1.key").unlink()
    (place / "django.key").unlink()
    with pytest.raises(LauncherError) as refused:
        secrets.ensure(place, database_exists=True)
    assert "numen-encryption.1.key" in str(refused.value)
    assert "django.key" in str(refused.value)
    assert "policy.key" not in str(refused.value)
    assert not (place / "django.key").exists()
