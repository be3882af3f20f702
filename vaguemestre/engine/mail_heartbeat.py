"""Does mail work? Every minute the service writes to a mailbox of its own: at port 25 as a stranger's server does, and
at 465 signed in as a mail program does; both must arrive in it, through filter, Sieve and Dovecot.

A run begins with the messages of the run before, so that it waits for nothing. What it found lies in a file, which is
read when the database is away too. Why so: docs/decisions/heartbeat.md."""

import json
import logging
import secrets
import smtplib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from threading import Lock, Thread
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.mail_access.access_tokens import MailKeyError, door_token, mail_token
from vaguemestre.clock import due
from vaguemestre.engine.heartbeat_mailbox import KEY, STATE_FILE, address
from vaguemestre.engine.template_variables import door_and_source
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.imap.list_filters import parse_all, parse_esearch
from vaguemestre.mailbox.imap.wire.connection import Connection
from vaguemestre.mailbox.smtp.submission import submit_message
from vaguemestre.web.metrics import Gauge

EVERY, SOON = timedelta(seconds=60), timedelta(seconds=15)  # sooner while something fails
PATIENCE = 10.0  # seconds for each answer
GREETING = 25.0  # for the first at port 25: Postfix looks up who calls, and two resolvers that are silent take 20
LATE = timedelta(seconds=150)  # what Postfix had to put off once is there by then
AGAIN = timedelta(minutes=10)  # another one is written when the last has not come: few of them wait in a queue
STALE = timedelta(minutes=10)
STARTING = timedelta(minutes=2)  # daemons that are starting are not told as failing
NO_MESSAGE = "no trial message for"
READING, RECEIVING, SENDING = "reading", "receiving", "sending"  # as `web.health_checks` calls the parts

logger = logging.getLogger(__name__)
_one_at_a_time = Lock()
_loaded_at = timezone.now()


class TrialMessage(NamedTuple):
    """`since`: from when on none has come by this door."""

    token: str
    sent_at: float
    since: float


class Heartbeat(NamedTuple):
    """`good_at`: when all went well last; before that, when the first was tried. `faults`: of each part that fails the
    words of whoever said no. `messages`: by door, those that are under way."""

    at: float = 0
    good_at: float = 0
    faults: dict[str, str] = {}
    messages: dict[str, TrialMessage] = {}


@due.recurring("engine.mail_heartbeat.beat", every=int(EVERY.total_seconds()))
def beat_aside(_key: str, now: datetime) -> datetime | None:
    """As the clock calls it: a server that hangs keeps no other act waiting."""
    if settings.DATA is None:
        return None
    Thread(target=_beat_alone, args=(now,), name="heartbeat", daemon=True).start()
    found = read_heartbeat()
    return now + SOON if found is None or found.faults else None


def _beat_alone(now: datetime) -> None:
    if not _one_at_a_time.acquire(blocking=False):
        return
    try:
        beat(now)
    except OSError:
        logger.exception("no trial message")
    finally:
        _one_at_a_time.release()


def beat(now: datetime) -> Heartbeat:
    """Raises OSError when nothing can be written down."""
    former = read_heartbeat()
    found = _tried(former or Heartbeat(good_at=now.timestamp()), now)
    if found.faults and former is None and now - _loaded_at < STARTING:
        return found
    for part, words in found.faults.items():
        logger.warning("trial message, %s: %s", part, words)
    _write(found)
    return found


def read_heartbeat() -> Heartbeat | None:
    """None: none was tried since the service started."""
    try:
        told = json.loads((settings.DATA / STATE_FILE).read_text()) if settings.DATA else None
    except (OSError, ValueError):
        return None
    if told is None:
        return None
    return Heartbeat(**{**told, "messages": {door: TrialMessage(*one) for door, one in told["messages"].items()}})


def find_trouble(part: str, now: datetime) -> str | None:
    """`web.health_checks.heartbeat_trouble`."""
    found = read_heartbeat()
    if found is None:
        return None
    age = now.timestamp() - found.at
    if age <= STALE.total_seconds():
        return found.faults.get(part, "")
    return f"{NO_MESSAGE} {int(age // 60)} minutes" if part in DOORS else ""


def heartbeat_gauges(now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`."""
    if found := read_heartbeat():
        yield Gauge(
            "mail_heartbeat_age_seconds", "Since trial messages last went well.", now.timestamp() - found.good_at
        )
        yield Gauge("mail_heartbeat_failing", "Parts that the last trial messages found away.", len(found.faults))


def _tried(former: Heartbeat, now: datetime) -> Heartbeat:
    second, faults = now.timestamp(), dict[str, str]()
    messages = {door: one for door, one in former.messages.items() if door in DOORS}
    try:
        arrived = _arrived([one.token for one in messages.values()])
    except FAILURES as error:
        # Nothing is sent on its way while the mailbox is away: it would only wait.
        return Heartbeat(second, former.good_at, {READING: _words(error)}, messages)
    messages = {door: one for door, one in messages.items() if one.token not in arrived}
    for door in DOORS:
        try:
            messages |= _sent(door, messages.get(door), second)
        except FAILURES as error:
            faults[door] = _words(error)
        if (one := messages.get(door)) and second - one.since > LATE.total_seconds():
            faults.setdefault(door, f"not in the mailbox after {int(second - one.since)} s")
    return Heartbeat(second, former.good_at if faults else second, faults, messages)


def _sent(door: str, under_way: TrialMessage | None, second: float) -> dict[str, TrialMessage]:
    """Nothing while another one is waited for. Raises what `FAILURES` names."""
    if under_way and second - under_way.sent_at <= AGAIN.total_seconds():
        return {}
    token = secrets.token_hex(16)
    DOORS[door](_message(token, datetime.fromtimestamp(second, UTC)))
    return {door: TrialMessage(token, second, under_way.since if under_way else second)}


def _words(error: Exception) -> str:
    return " ".join(_text(error).split())[:300]


def _text(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(code, words)] = error.recipients.values()
        return f"{code} {words.decode(errors='replace')}"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__


def _arrived(tokens: list[str]) -> set[str]:
    """Which of them are in the mailbox. All that was in it is deleted, whoever wrote it."""
    host, port = settings.MAIL["imaps"]
    endpoint = Endpoint(host, port, socket=settings.MAIL["mailboxes"], spool=settings.MAIL["spool"]).within(PATIENCE)
    connection, opened = Connection.sign_in(
        endpoint, KEY, door_token(KEY, now=timezone.now()), remote=None,
        then=[b"SELECT INBOX", b"UID SEARCH RETURN (MAX) ALL"],
    )  # fmt: skip
    try:
        found = {
            token for token in tokens
            if parse_all(connection.round_trip([b'UID SEARCH RETURN (ALL) HEADER Message-ID "%s"' % token.encode()]))
        }  # fmt: skip
        if last := parse_esearch(opened).get("MAX"):  # not what has come since
            there = b"1:%s" % last.encode()
            connection.round_trip([b"UID STORE %s +FLAGS.SILENT (\\Deleted)" % there, b"UID EXPUNGE %s" % there])
    finally:
        connection.close()
    return found


def _receive(message: EmailMessage) -> None:
    """As from a stranger's server, without an address to send a report to."""
    door, source = door_and_source(settings.INSTANCE.listen)
    port = settings.INSTANCE.ports.smtp
    with smtplib.SMTP(door, port, academy().domain, timeout=GREETING, source_address=(source, 0)) as server:
        if server.sock:
            server.sock.settimeout(PATIENCE)
        server.send_message(message, "", [_own()])


def _submit(message: EmailMessage) -> None:
    """As a mail program, by the same token as the webmail."""
    host, port = settings.MAIL["smtps"]
    endpoint = Endpoint(settings.MAIL["address"], port, ca=settings.MAIL["ca"], certified_as=host).within(PATIENCE)
    submit_message(endpoint, KEY, mail_token(KEY, now=timezone.now()), _own(), [_own()], message.as_bytes())


FAILURES = (MailboxError, MailKeyError, OSError)  # smtplib's are OSErrors
DOORS: dict[str, Callable[[EmailMessage], object]] = {RECEIVING: _receive, SENDING: _submit}


def _message(token: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = message["To"] = _own()
    message["Subject"], message["Date"] = "Vaguemestre", now
    message["Message-ID"] = f"<{token}.heartbeat@{academy().domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("A trial message of the service to itself.\n")
    return message


def _own() -> str:
    return address(academy().domain)


def _write(found: Heartbeat) -> None:
    if settings.DATA is None:
        return
    file = settings.DATA / STATE_FILE
    fresh = file.with_name(f".{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(found._asdict()))
    fresh.replace(file)
