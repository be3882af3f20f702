"""The whole service, started as a newcomer starts it, in a data folder on a small disk of its own."""

import contextlib
import http.client
import imaplib
import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from vaguemestre.academy.facts import academy
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder_lock
from vaguemestre.launcher.processes.supervision import clean_environment
from vaguemestre.launcher.testing import PATIENCE, Demo, launch, mail_program, mails, page, trust, until

# A demo of its own takes a minute to start. In `bin/ci` the stories start the whole, on both databases.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def deliver(demo: Demo, subject: str, size: int = 1000) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = (
        "ami@ailleurs.example",
        demo.account("teacher")["address"],
        subject,
    )
    letter.set_content("mot " * (size // 4))
    with smtplib.SMTP(demo.endpoints["smtp"]["host"], demo.endpoints["smtp"]["port"], timeout=30) as server:
        server.send_message(letter)


@contextlib.contextmanager
def full(disk: Path, *, but: int = 0) -> Iterator[None]:
    """Not one byte is left, or so many."""
    ballast, room = disk / "ballast", disk / "room"
    with ballast.open("wb", buffering=0) as file:
        room.write_bytes(b"\0" * but)
        for piece in (1_000_000, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * piece)
    room.unlink()
    try:
        yield
    finally:
        ballast.unlink()


def test_every_role_has_its_account_and_the_newcomer_has_not_signed_in(demo: Demo) -> None:
    roles = [account["role"] for account in demo.endpoints["accounts"]]
    assert roles.count("teacher") >= 2
    named = {"teacher", "school-head", "otp-holder", "hr-officer", "help-desk", "administrator", "newcomer",
             "college-head", "deputy", "secretary", "bursar"}  # fmt: skip
    assert set(roles) == named
    for role in sorted(set(roles) - {"newcomer"}):
        assert mails(demo, role) > 0
    with pytest.raises(imaplib.IMAP4.error):
        mails(demo, "newcomer")


def test_the_access_log_keeps_no_query_string(demo: Demo) -> None:
    page(demo, "/portail/?secret=4711")
    log = demo.data / "log" / "nginx" / "access.log"
    until(lambda: '"GET /portail/ ' in log.read_text(), "the visit is not in the log")
    assert "4711" not in log.read_text()


def test_the_access_log_bears_the_id_that_web_logs(demo: Demo) -> None:
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{demo.web}/rien/suivi/", context=trust(demo), timeout=10)  # noqa: S310 - https
    log, web = demo.data / "log" / "nginx" / "access.log", demo.data / "log" / "web.log"
    until(lambda: "/rien/suivi/" in log.read_text(), "the visit is not in the log")
    [line] = [line for line in log.read_text().splitlines() if "/rien/suivi/" in line]
    known = re.search(r" ([0-9a-f]{32}) -$", line)
    assert known
    assert re.search(rf"Z WARNING .* \[{known[1]}\] reference ", web.read_text())


def test_whoever_types_http_is_led_to_https(demo: Demo) -> None:
    host, port = demo.web.removeprefix("https://").split(":")
    with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=10)) as connection:
        connection.request("GET", "/portail/")
        answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"{demo.web}/portail/")


def test_a_hashed_file_is_kept_for_ever_and_travels_compressed(demo: Demo) -> None:
    link = re.search(r'href="(/static/[^"]+\.css)"', page(demo, "/session/")[1])
    assert link
    request = urllib.request.Request(demo.web + link[1], headers={"Accept-Encoding": "gzip"})  # noqa: S310 - https
    with urllib.request.urlopen(request, context=trust(demo), timeout=10) as answer:  # noqa: S310 - https
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"


def test_too_large_an_upload_gets_a_page_that_says_so(demo: Demo) -> None:
    request = urllib.request.Request(demo.web + "/session/", data=b"0" * 30_000_000, method="POST")  # noqa: S310 - https
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, context=trust(demo), timeout=30)  # noqa: S310 - https
    assert refused.value.code == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "Vaguemestre" in refused.value.read().decode()


def ready(demo: Demo, patience: float) -> subprocess.CompletedProcess[str]:
    """As systemd asks before it calls the service active."""
    command = [sys.executable, "-P", "-m", "vaguemestre.launcher", "ready"]
    return subprocess.run(
        [*command, "--data", str(demo.data), f"--patience={patience}"],
        cwd=CHECKOUT, env=clean_environment(demo.data), capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_while_the_web_is_down_a_page_says_so_and_mail_goes_on(demo: Demo) -> None:
    demo.supervision.stop_program("web")
    try:
        asked = ready(demo, 0)
        assert (asked.returncode, asked.stderr) == (1, "Pas encore prêt\u00a0: web, nginx.\n")
        status, text = page(demo, "/portail/")
        assert status == http.HTTPStatus.BAD_GATEWAY
        assert "Vaguemestre" in text
        assert mails(demo) > 0
    finally:
        demo.start("web")
    until(lambda: page(demo, "/health/")[0] == http.HTTPStatus.OK, "the web does not come back")
    assert ready(demo, PATIENCE).returncode == 0


def test_a_second_start_on_the_same_folder_is_told_who_runs(demo: Demo) -> None:
    told = launch(demo.data, accepted=1)
    assert str(demo.data) in told
    assert "--stop" in told


def test_it_is_not_ready_when_mail_is_refused_for_want_of_room(demo: Demo, small_disk: Path) -> None:
    """Postfix wants one message and a half; there is room for one."""
    with full(small_disk, but=academy().mail.message_limit_mb * 1024 * 1024):
        with pytest.raises(smtplib.SMTPException) as refused:
            deliver(demo, "Il reste un peu de place")
        assert code_of(refused.value) == 452
        status, text = page(demo, "/ready/")
        assert status == http.HTTPStatus.SERVICE_UNAVAILABLE
        assert {part for part, said in json.loads(text)["parts"].items() if said != "ok"} == {"disk"}
        assert "Aucun message ne peut être rangé" in page(demo, "/etat/")[1]
    until(lambda: page(demo, "/ready/")[0] == http.HTTPStatus.OK, "room does not make it ready again")


def test_a_full_disk_is_said_and_loses_nothing(demo: Demo, small_disk: Path) -> None:
    before = mails(demo)
    with full(small_disk):
        with pytest.raises(smtplib.SMTPException) as refused:
            deliver(demo, "Le disque est plein", size=50_000)
        assert 400 <= code_of(refused.value) < 500, "the sender must be told to try again later"
        status, text = page(demo, "/session/")
        assert status in (200, 503)
        assert "</html>" in text
    until(lambda: delivered(demo, "La place est revenue"), "mail is not taken in again")
    until(lambda: mails(demo) > before, "the mail did not arrive")


def code_of(error: BaseException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    assert isinstance(error, smtplib.SMTPResponseException)
    return error.smtp_code


def delivered(demo: Demo, subject: str) -> bool:
    try:
        deliver(demo, subject)
    except smtplib.SMTPException:
        return False
    return True


def test_started_again_it_has_lost_nothing_and_ctrl_c_stops_it(demo: Demo, small_disk: Path) -> None:
    """The last story of this file: the demo is stopped when it ends."""
    endpoints = demo.data / "endpoints.json"
    assert endpoints.stat().st_mode & 0o777 == 0o600
    before = mails(demo), endpoints.read_text()
    connected = mail_program(demo)
    launch(demo.data, "--stop")
    while connected.readline():  # "BYE", then the end: over a reload Dovecot lets sessions live
        pass
    with full(small_disk):
        told = launch(demo.data, "--background", accepted=1)
        assert "disque est plein" in told
        assert "Traceback" not in told
    with in_a_terminal(demo.data) as terminal:
        assert (mails(demo), endpoints.read_text()) == before
        terminal.send_signal(signal.SIGINT)
        assert terminal.wait(PATIENCE) == 0
    assert folder_lock.is_free(demo.data)
    with pytest.raises(OSError, match="refused"):
        mails(demo)


@contextlib.contextmanager
def in_a_terminal(data: Path) -> Iterator[subprocess.Popen[str]]:
    """`bin/run` in the foreground, once it has said everything."""
    command = [sys.executable, "-P", "-m", "vaguemestre.launcher", "run", "--data", str(data)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VAGUEMESTRE_")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as foreground:
        assert foreground.stdout
        assert any("Ctrl-C" in line for line in foreground.stdout), "it ended before it answered"
        yield foreground
