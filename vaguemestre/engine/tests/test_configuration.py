import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.engine import configuration
from vaguemestre.engine.configuration import ConfigurationRefusedError, check, render
from vaguemestre.engine.template_variables import facts
from vaguemestre.instance import Instance, read_instance
from vaguemestre.testing import data_folder, secret

pytestmark = pytest.mark.usefixtures("daemons")
LIVE = Path("/nonexistent")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the templates that a test may spoil."""
    import shutil

    for room in configuration.ROOMS:
        shutil.copytree(configuration.TEMPLATES / room, tmp_path / room)
    monkeypatch.setattr(configuration, "TEMPLATES", tmp_path)
    return tmp_path


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def live_text() -> str:
    """What the daemons read; a refused rendering stays beside it, for the operator to look at."""
    files = [file for room in configuration.ROOMS for file in sorted((data_folder() / "engine" / room).rglob("*.c*f"))]
    return "".join(file.read_text() for file in files)


def test_rendering_twice_changes_nothing() -> None:
    render(read_instance(), now=NOW)  # with the hash of nobody's at the cost that tests have
    before = live_text()
    render(read_instance(), now=NOW)
    assert live_text() == before


@pytest.mark.parametrize(
    ("name", "old", "new", "word"), [
        ("dovecot/quota.conf", "quota_status_nouser", "quota_statut_nouser", "quota_statut_nouser"),
        ("dovecot/services.conf", "process_limit = 4096", "process_limit = beaucoup", "beaucoup"),
        ("postfix/master.cf", "unix  n  -  n  60    1  pickup", "unix n - n", "master.cf"),
        ("dovecot/sieve/spam.sieve", "fileinto :create", "fileinto :creer", "creer"),
        ("dovecot/auth.conf", "@@{mail_file}", "@@{male_file}", "male_file"),
        ("postfix/main.cf", "@@{domain}", "@@ {domain}", "main.cf"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_and_nothing_is_put_in_place(
    templates: Path, name: str, old: str, new: str, word: str
) -> None:
    before = live_text()
    spoil(templates / name, old, new)
    with pytest.raises(ConfigurationRefusedError, match=word):
        render(read_instance(), now=NOW)
    assert live_text() == before


def test_the_live_files_are_judged_too() -> None:
    check(read_instance())


def test_no_shared_word_can_be_read_by_others() -> None:
    for name in ("policy.key", "push.key"):
        word = secret(name)
        readable = [
            file for file in (data_folder() / "engine").rglob("*")
            if file.is_file() and file.stat().st_mode & 0o077 and word in file.read_text(errors="replace")
        ]  # fmt: skip
        assert readable == []


def world(instance: Instance) -> str:
    return facts(instance, LIVE)["relay_lines"]


def test_only_production_reaches_the_world() -> None:
    known = read_instance().model_dump(exclude={"mode", "relay"})
    sink = f"[127.0.0.1]:{read_instance().ports.sink}"
    for mode in ("demo", "test"):
        instance = Instance(**known, mode=mode, relay="[smtp.ailleurs.example]:587")
        assert world(instance).count(sink) == 2
        assert "ailleurs" not in world(instance)
    assert world(Instance(**known, mode="production", relay="[smtp.ailleurs.example]:587")).endswith(
        "[smtp.ailleurs.example]:587"
    )


def test_who_sends_waits_for_no_resolver() -> None:
    """In production port 25 looks up the names of those who call."""
    row = f"127.0.0.1:{read_instance().ports.smtps}/inet/smtpd_peername_lookup"
    said = subprocess.run(
        ["postconf", "-c", str(data_folder() / "engine" / "postfix"), "-h", "-P", row],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "no", said.stderr


def test_every_setting_stands_under_a_comment() -> None:
    """An operator at two in the morning reads why, file by file."""
    for file in [*configuration.TEMPLATES.glob("dovecot/*.conf"), configuration.TEMPLATES / "postfix/main.cf"]:
        assert file.read_text().startswith("#"), file.name
