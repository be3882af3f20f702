"""The disk is pulled: on another folder, as on a second machine, the same people sign in and their mail is the same to
the byte."""

import imaplib
import os
import secrets
import shutil
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.testing import Demo, launch, own_database, running_demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture
def places(open_folder: Path) -> dict[str, str]:
    made = {"repository": str(open_folder / "mail"), "secrets-repository": str(open_folder / "secrets")}
    for name in ("password-file", "secrets-password-file"):
        file = open_folder / name
        file.touch(0o600)
        file.write_text(secrets.token_urlsafe())
        made[name] = str(file)
    return made


@pytest.fixture
def demo(places: dict[str, str]) -> Iterator[Demo]:
    section = "\n".join(f'{name.replace("-", "_")} = "{value}"' for name, value in places.items())
    with running_demo(more=f"[backup]\n{section}\n") as demo:
        yield demo


def test_the_disk_is_pulled(demo: Demo, places: dict[str, str], open_folder: Path) -> None:
    run = _command(demo.data, "backup", "run").split()[2]
    assert _command(demo.data, "backup", "check").count("intact.") == 2
    before = _mail(demo, "teacher")
    assert before
    _command(demo.data, "shell", question=LOCK_THE_AGENT)
    _follow_once(demo.data)
    launch(demo.data, "--stop")

    second = open_folder / "second"
    options = [word for name, value in places.items() for word in (f"--{name}", value)]
    if server := os.environ.get("VAGUEMESTRE_DATABASE"):
        assert "--database" in _command(second, "backup", "restore", *options, accepted=1)
        options += ["--database", own_database(server, empty=True)]
    told = _command(second, "backup", "restore", *options)
    assert "1  comptes verrouillés de nouveau" in told
    refused = _command(second, "backup", "restore", *options, accepted=1)
    assert "--force" in refused
    launch(second, "--background")
    try:
        restored = Demo(second, demo.endpoints)
        assert _mail(restored, "teacher") == before
        _command(second, "backup", "run")
        assert run in _command(second, "backup", "list"), "what it was restored from is forgotten"
        with pytest.raises(imaplib.IMAP4.error, match="bloque"):
            _mail(restored, "help-desk")
        assert "Arrêtez-le avant de restaurer" in _command(second, "backup", "restore", *options, accepted=1)
    finally:
        launch(second, "--stop")
        shutil.rmtree(second)
        launch(demo.data, "--background")  # the fixture stops it


LOCK_THE_AGENT = """
from django.utils import timezone
from vaguemestre.accounts.lifecycle import lock
from vaguemestre.accounts.models import Account
lock.lock(Account.objects.get(identifier="tquesnel"), by="operator:test", reason="essai", now=timezone.now())
"""


def _follow_once(data: Path) -> None:
    """It continues until it is stopped: the first round is all that is wanted."""
    process = subprocess.Popen(_words("backup", "follow"), env=_environment(data), cwd=CHECKOUT)
    state = data / "backup" / "state" / "revocations.json"
    try:
        while not state.exists():
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def _mail(demo: Demo, role: str) -> dict[bytes, bytes]:
    account = demo.account(role)
    ports = tomllib.loads((demo.data / "instance.toml").read_text())["ports"]
    context = ssl.create_default_context(cafile=str(demo.data / "tls" / "ca.pem"))
    with imaplib.IMAP4_SSL("localhost", ports["imaps"], ssl_context=context) as server:
        server.login(account["identifier"], account.get("app_password", account["password"]))
        server.select("INBOX", readonly=True)
        _said, numbers = server.uid("SEARCH", "ALL")
        fetched = [server.uid("FETCH", number, "BODY.PEEK[]")[1][0] for number in numbers[0].split()]
        return {bytes(head): bytes(body) for head, body in fetched}


def _words(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "vaguemestre.launcher", "command", *arguments]


def _environment(data: Path) -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8",
            "VAGUEMESTRE_DATA": str(data)}  # fmt: skip


def _command(data: Path, *arguments: str, question: str = "", accepted: int = 0) -> str:
    done = subprocess.run(
        _words(*arguments), env=_environment(data), cwd=CHECKOUT, input=question, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == accepted, done.stdout
    return done.stdout
