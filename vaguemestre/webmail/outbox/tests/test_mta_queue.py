"""A message taken by our Postfix that cannot leave: said on its page, from the queue itself, with real dead servers."""

import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.engine.queue_holds import QueuedRecipient
from vaguemestre.testing import data_folder
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.outbox import mta_queue
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body

pytestmark = pytest.mark.django_db(transaction=True)
SILENT, BUSY = "muet.example", "occupe.example"


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """Two other servers: nobody listens at the one, the other greets and takes nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.create_server(("127.0.0.1", 0)) as closed:
        port, nobody = listening.getsockname()[1], closed.getsockname()[1]
        closed.close()
        threading.Thread(target=_put_off, args=(listening,), daemon=True).start()
        before = _postfix("postconf", "-h", "transport_maps").strip()
        inner = before.removesuffix("}").rstrip()
        routes = f"{SILENT}=smtp:[127.0.0.1]:{nobody}, {BUSY}=smtp:[127.0.0.1]:{port}"
        _set(f"{inner}, {routes} }}")
        yield
        _set(before)


def _put_off(listening: socket.socket) -> None:
    """The shortest server there is: every sentence is answered, each recipient is for later."""
    while True:
        try:
            connection, _address = listening.accept()
        except OSError:
            return
        with connection, connection.makefile("rw", newline="\r\n") as lines:
            lines.write("220 occupe.example ESMTP\n")
            lines.flush()
            for line in lines:
                verb = line[:4].upper().strip()
                said = {"RCPT": "451 4.7.1 Revenez plus tard", "QUIT": "221 Adieu"}.get(verb, "250 Soit")
                lines.write(f"{said}\n")
                lines.flush()
                if verb == "QUIT":
                    break


def _postfix(command: str, *options: str) -> str:
    words = [command, "-c", str(data_folder() / "engine" / "postfix"), *options]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _set(maps: str) -> None:
    _postfix("postconf", "-e", f"transport_maps={maps}")
    _postfix("postfix", "reload")


def wait_for(desk: MailBrowser, url: str, words: str, *, without: str = "\0") -> str:
    """Until Postfix has tried, and has brought what it could: one of two may go before the other."""
    deadline = time.monotonic() + 20
    while words not in (shown := body(desk.get(url, **HTMX))) or without in shown:
        assert time.monotonic() < deadline, shown
        time.sleep(0.1)
    return shown


def sent(desk: MailBrowser, to: str) -> str:
    """The address of where the queue is asked, about a message to `to`."""
    desk.write(new_key(), a=to)
    page = body(desk.get(f"{desk.url('sent')}{max(desk.uids('sent'))}/"))
    url = f"{desk.url('sent')}{max(desk.uids('sent'))}/acheminement/"
    assert f'hx-get="{url}"' in page
    return url


@pytest.mark.usefixtures("elsewhere")
def test_a_server_that_does_not_answer_and_one_that_puts_off(desk: MailBrowser, neighbour: MailBrowser) -> None:
    silent, busy = sent(desk, f"paul@{SILENT}"), sent(desk, f"paule@{BUSY}, {neighbour.mail.address}")
    shown = wait_for(desk, silent, "ne répond pas")
    assert f"paul@{SILENT}" in shown
    assert re.search(rf"en attente depuis [^,]+, le serveur {SILENT} ne répond pas", shown)
    assert "ouvel essai" in shown
    assert "Connection refused" in shown  # in its own words, folded
    shown = wait_for(desk, busy, "ne prend pas encore", without=neighbour.mail.address)  # they have it
    assert "Revenez plus tard" in shown
    page = body(desk.get(silent))  # without a script, a page of its own
    assert "<h1>Est-il parti\u202f?</h1>" in page
    assert "ne répond pas" in page


def test_what_has_left_says_nothing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    url = sent(desk, neighbour.mail.address)
    deadline = time.monotonic() + 20
    while neighbour.mail.address in body(desk.get(url, **HTMX)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "notice" not in body(desk.get(url, **HTMX))
    assert "Rien de ce message n’attend plus" in body(desk.get(url))


def test_elsewhere_than_in_sent_and_after_days_nothing_is_asked(desk: MailBrowser, neighbour: MailBrowser) -> None:
    url = sent(desk, neighbour.mail.address)
    assert neighbour.get(url).status_code == 404
    with desk.session() as session:
        message = session.message(desk.id("sent"), desk.uids("sent")[0])  # type: ignore[arg-type]
    assert mta_queue.may_wait(message, timezone.now())
    assert not mta_queue.may_wait(message, timezone.now() + mta_queue.LASTS)


def test_a_queue_that_does_not_answer_is_said(desk: MailBrowser, neighbour: MailBrowser, settings: Settings) -> None:
    url = sent(desk, neighbour.mail.address)
    settings.DATA = data_folder() / "nowhere"
    assert body(desk.get(url, **HTMX)).strip() == ""
    assert "ne répond pas" in body(desk.get(url))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "part en ce moment"),
        ("connect to mx.a.example[192.0.2.1]:25: Connection timed out", "ne répond pas"),
        ("Host or domain name not found. Name service error for name=a.example type=MX: try again", "ne répond pas"),
        ("lost connection with mx.a.example[192.0.2.1] while receiving the initial server greeting", "ne répond pas"),
        ("host mx.a.example[192.0.2.1] said: 450 4.2.1 connect to us later (in reply to RCPT TO)", "ne prend pas"),
        ("host mx.a.example[192.0.2.1] refused to talk to me: 421 Busy", "ne prend pas"),
    ],
)
def test_in_words(reason: str, said: str) -> None:
    now = datetime(2026, 11, 26, 13, 11, tzinfo=UTC)
    words = mta_queue.queue_text(
        QueuedRecipient("x@a.example", now - timedelta(minutes=9), reason, now + timedelta(1)), now
    )
    assert said in words
    assert ("depuis 14\u00a0h\u00a002" in words) is bool(reason)
    assert ("Nouvel essai\u00a0: vendredi 27" in words) is bool(reason)


def test_a_colleagues_mailbox_is_not_another_server() -> None:
    now = timezone.now()
    words = mta_queue.queue_text(QueuedRecipient("x@ac-amiens.fr", now, "mailbox temporarily unavailable", None), now)
    assert "la boîte n’est pas joignable" in words
    assert "d’ici quelques minutes" in words
