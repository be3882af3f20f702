"""The gateway of text messages in `instance.toml`: what is refused before anything starts."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from vaguemestre.instance import FRENCH_MOBILES, Instance, Sms
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder.folder import change_ports
from vaguemestre.launcher.processes.supervision import clean_environment

LINES = """mode = "{mode}"
[sms]
url = "{url}"
secret_field = "password"
fields = {{ username = "academie" }}
"""


def test_off_unless_it_is_written() -> None:
    assert Instance().sms is None


def test_france_and_overseas_by_default() -> None:
    assert Sms(url="https://passerelle.example/envoi").prefixes == FRENCH_MOBILES


@pytest.mark.parametrize(
    "url",
    [
        "http://passerelle.example/envoi",
        "https://user:secret@passerelle.example/envoi",
        "https://passerelle.example/envoi?password=secret",
        "passerelle.example",
        "ftp://passerelle.example/",
    ],
)
def test_never_in_clear_nor_with_a_secret_in_the_address(url: str) -> None:
    with pytest.raises(ValidationError):
        Sms(url=url)


def test_on_this_very_machine_it_may_be_http() -> None:
    assert Sms(url="http://127.0.0.1:13013/cgi-bin/sendsms").inside


@pytest.mark.parametrize("wrong", [{"prefixes": ("33",)}, {"prefixes": ("+",)}, {"timeout": 60}, {"a_day": 0}])
def test_values_that_cannot_be_meant(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Sms.model_validate({"url": "https://passerelle.example/", **wrong})


def test_a_demo_sends_nothing_to_the_world() -> None:
    outside = Sms(url="https://passerelle.example/envoi")
    with pytest.raises(ValidationError, match="only in production"):
        Instance(mode="demo", sms=outside)
    assert Instance(mode="production", sms=outside).sms == outside
    assert Instance(mode="demo", sms=Sms(url="http://localhost:8000/")).sms


def test_other_ports_leave_it_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "instance.toml"
    file.write_text(LINES.format(mode="production", url="https://passerelle.example/envoi"))
    change_ports(file, Instance().ports)
    assert 'secret_field = "password"\nfields = { username = "academie" }' in file.read_text()


def test_a_secret_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "django.key").write_text("x")
    (tmp_path / "instance.toml").write_text(LINES.format(mode="production", url="https://passerelle.example/envoi"))
    assert "secrets/sms.key" in _settings_of(tmp_path)
    (tmp_path / "secrets" / "sms.key").write_text("secret")
    assert _settings_of(tmp_path) == "academie"


def _settings_of(data: Path) -> str:
    """What a process of this installation says at its start."""
    code = "from vaguemestre import settings; print(settings.SMS['fields']['username'])"
    environment = {**clean_environment(data), "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment, cwd=CHECKOUT, check=False, text=True, capture_output=True
    )
    return (done.stdout or done.stderr).strip()
