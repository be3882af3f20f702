"""One mail followed by the id of the press on "Envoyer": web's line, Postfix's queue id, Dovecot's delivery. Before
that comes nginx's line, which bears the id too: `launcher/tests/test_whole.py`."""

import io
import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.testing import data_folder
from vaguemestre.web.middleware import MAIL_SESSIONS
from vaguemestre.web.monitoring.log_format import LineFormatter
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.sending import received

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def web_log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler, logger = logging.StreamHandler(stream), logging.getLogger("vaguemestre")
    handler.setFormatter(LineFormatter())
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def line_of(log: str, word: str, other: str) -> str:
    """Of a daemon's log, once it is there."""
    deadline = time.monotonic() + 10
    while True:
        lines = (data_folder() / "log" / log).read_text().splitlines()
        found = [line for line in lines if word in line and other in line]
        if found or time.monotonic() > deadline:
            assert found, (log, word, other)
            return found[0]
        time.sleep(0.1)


def queue_id(log: io.StringIO) -> str:
    [line] = [line for line in log.getvalue().splitlines() if "taken over by the mail server" in line]
    assert f"[{ID}]" in line
    return line.rpartition(" ")[2]


def test_one_id_leads_from_the_press_to_the_mailbox(
    desk: MailBrowser, neighbour: MailBrowser, web_log: io.StringIO
) -> None:
    desk.client.defaults["HTTP_X_REQUEST_ID"] = ID
    response = desk.write(new_key(), a=neighbour.mail.address)
    received(neighbour)
    delivered = line_of("postfix-mail.log", queue_id(web_log), "status=sent")
    told = re.search(r"\(250 2\.0\.0 <[^>]*> (\S+) Saved\)", delivered)
    assert told
    line_of("dovecot.log", told[1], "lmtp(")
    # And the session of the webmail, which put the copy into Sent.
    [session] = response.headers[MAIL_SESSIONS].split(",")
    line_of("dovecot.log", session, "imap")


def test_what_leaves_later_keeps_the_id_of_its_press(
    desk: MailBrowser, neighbour: MailBrowser, web_log: io.StringIO
) -> None:
    desk.client.defaults["HTTP_X_REQUEST_ID"] = ID
    key, at = new_key(), (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    desk.write(key, "programmation/", a=neighbour.mail.address, depart=at.isoformat())
    assert Outgoing.objects.get(key=key).request_id == ID
    assert "taken over by the mail server" not in web_log.getvalue()
    due.run(at + timedelta(minutes=1))
    received(neighbour)
    line_of("postfix-mail.log", queue_id(web_log), "status=sent")
