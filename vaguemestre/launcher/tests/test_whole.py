"""The whole service, started as a newcomer starts it, in a data folder on a small disk of its own."""

import contextlib
import http.client
import imaplib
import os
import re
import signal
import smtplib
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from vaguemestre.launcher import lock
from vaguemestre.launcher.testing import Demo, launch, running_demo

pytestmark = pytest.mark.database  # the whole service has that of the run

PATIENCE = 60
DISK_MB = 400


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = Path("/tmp") / f"vgm-disk-{os.getpid()}"  # noqa: S108 - short, for sockets, and this process's own
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", str(place)], check=False
    )
    if mounted.returncode:
        place.rmdir()
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


@pytest.fixture(scope="module")
def demo(small_disk: Path) -> Iterator[Demo]:
    with running_demo(within=small_disk) as started:
        yield started


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def trust(demo: Demo) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(demo.ca))


def imap_session(demo: Demo, role: str = "teacher") -> imaplib.IMAP4_SSL:
    account = demo.account(role)
    server = imaplib.IMAP4_SSL(
        demo.endpoints["imaps"]["host"], demo.endpoints["imaps"]["port"], ssl_context=trust(demo), timeout=PATIENCE
    )
    server.login(account["identifier"], account.get("app_password", account["password"]))
    return server


def mails(demo: Demo, role: str = "teacher") -> int:
    with imap_session(demo, role) as server:
        return int(server.select("INBOX", readonly=True)[1][0] or b"0")


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


def page(demo: Demo, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(demo.web + path, context=trust(demo), timeout=30) as answer:  # noqa: S310 - https
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not one byte is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for piece in (1_000_000, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * piece)
    try:
        yield
    finally:
        ballast.unlink()


def test_every_role_has_its_account_and_the_newcomer_has_not_signed_in(demo: Demo) -> None:
    roles = [account["role"] for account in demo.endpoints["accounts"]]
    assert roles.count("teacher") >= 2
    assert set(roles) == {"teacher", "school-head", "hr-officer", "help-desk", "administrator", "newcomer"}
    for role in sorted(set(roles) - {"newcomer"}):
        assert mails(demo, role) > 0
    with pytest.raises(imaplib.IMAP4.error):
        mails(demo, "newcomer")


def test_the_access_log_keeps_no_query_string(demo: Demo) -> None:
    page(demo, "/portail/?secret=4711")
    log = demo.data / "log" / "nginx" / "access.log"
    until(lambda: '"GET /portail/ ' in log.read_text(), "the visit is not in the log")
    assert "4711" not in log.read_text()


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


def test_while_the_web_is_down_a_page_says_so_and_mail_goes_on(demo: Demo) -> None:
    demo.supervision.stop_program("web")
    try:
        status, text = page(demo, "/portail/")
        assert status == http.HTTPStatus.BAD_GATEWAY
        assert "Vaguemestre" in text
        assert mails(demo) > 0
    finally:
        demo.supervision.start_program("web")
    until(lambda: page(demo, "/health/")[0] == http.HTTPStatus.OK, "the web does not come back")


def test_a_second_start_on_the_same_folder_is_told_who_runs(demo: Demo) -> None:
    told = launch(demo.data, accepted=1)
    assert str(demo.data) in told
    assert "--stop" in told


def test_dovecot_killed_is_started_again(demo: Demo) -> None:
    before = demo.supervision.pid("dovecot")
    os.kill(before, signal.SIGKILL)
    until(lambda: demo.supervision.pid("dovecot") not in (0, before), "Dovecot was not started again")
    until(lambda: demo.supervision.state("dovecot") == "RUNNING", "Dovecot does not stay up")
    count = mails(demo)
    assert count > 0


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
    before = mails(demo), (demo.data / "endpoints.json").read_text()
    connected = imap_session(demo)
    launch(demo.data, "--stop")
    while connected.readline():  # "BYE", then the end: over a reload Dovecot lets sessions live
        pass
    with full(small_disk):
        told = launch(demo.data, "--background", accepted=1)
        assert "disque est plein" in told
        assert "Traceback" not in told
    with in_a_terminal(demo.data) as terminal:
        assert (mails(demo), (demo.data / "endpoints.json").read_text()) == before
        terminal.send_signal(signal.SIGINT)
        assert terminal.wait(PATIENCE) == 0
    assert lock.is_free(demo.data)
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
