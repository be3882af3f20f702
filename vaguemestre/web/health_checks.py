"""Does each part of the service answer? Real connections, bounded in time; no name and no secret in the answer."""

import errno
import os
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError, connection
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.web.metrics import Gauge
from vaguemestre.web.ports import Port
from vaguemestre.web.restarts import failures_by_program

# What is wrong with the process behind this socket, or nothing.
cleaner_trial = Port[Callable[[Path | None], str]]("web.cleaner_trial")
# By the last trial message: what is wrong with a part; nothing; or None, when none was tried yet.
heartbeat_trouble = Port[Callable[[str, datetime], str | None]]("web.heartbeat_trouble")
PATIENCE = 2.0
LIMIT = 4.0  # for all of a part's steps
LONGEST_LINE = 2000
STORES = ("queue", "mail", "db")  # they may lie on disks of their own
OURS = "db"  # the one of these where our own processes write
READ_ONLY = os.strerror(errno.EROFS)
NO_AUTHORITY = "tls/ca.pem"  # what our own programs trust one another by, when it is missing


@dataclass(frozen=True)
class Check:
    part: str
    answers: bool
    detail: str = ""
    left: int | None = None  # bytes, of a disk without room


def database() -> Check:
    """By a connection of this thread's own, which it closes."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", False, type(error).__name__)
    finally:
        connection.close()
    return Check("database", True)


def reading() -> Check:
    """At the webmail's own door a sign-in begins; the mail ports greet over TLS with a certificate that the web
    accepts; the last trial message was read."""
    door = _sign_in_begins("reading", settings.MAIL["mailboxes"])
    greeted = _greeting("reading", settings.MAIL["imaps"], b"* OK") if door.answers else door
    return _by_trial_message("reading") or greeted if greeted.answers else greeted


def receiving() -> Check:
    return _by_trial_message("receiving") or Check("receiving", True)


def sending() -> Check:
    return _by_trial_message("sending") or _greeting("sending", settings.MAIL["smtps"], b"220")


def _by_trial_message(part: str) -> Check | None:
    """None: no trial message was written yet."""
    trouble = heartbeat_trouble.one()(part, timezone.now())
    return None if trouble is None else Check(part, not trouble, trouble)


def cleaner() -> Check:
    """The process that makes the HTML of a message harmless makes one so: its door may be open all the same."""
    trouble = cleaner_trial.one()(settings.MAIL["cleaner"])
    return Check("cleaner", not trouble, trouble)


def projected_file() -> Check:
    """The file of accounts that the mail daemons read."""
    path = settings.DATA / "db" / "mail.sqlite3" if settings.DATA else None
    present = path is not None and path.is_file()
    return Check("accounts_file", present, "" if present else "absent")


def disk() -> Check:
    """Room for mail, by the measure of Postfix (`queue_minfree`): with less it says 452 to everybody."""
    least = academy().mail.message_limit_mb * 1024 * 1024 * 3 // 2
    try:
        left = min(_left(settings.DATA / name) for name in STORES) if settings.DATA else 0
        if settings.DATA:
            _begin_file(settings.DATA / OURS)
    except OSError as error:
        return Check("disk", False, error.strerror or type(error).__name__)
    if left > least:
        return Check("disk", True)
    return Check("disk", False, f"{left // 1024**2} MB left", left)


def _left(folder: Path) -> int:
    """For whoever is not root. Raises OSError when nothing can be written there."""
    told = os.statvfs(folder)
    if told.f_flag & os.ST_RDONLY:
        raise OSError(errno.EROFS, READ_ONLY)
    return told.f_bavail * told.f_frsize


def _begin_file(folder: Path) -> None:
    """Without a name, gone at once. After a fault of its disk an ext4 still says that it is writable, and is not."""
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600))
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EIO):
            raise


def failing_programs() -> list[str]:
    """Those that end again and again soon after their start."""
    return list(failures_by_program(settings.DATA, time.time())) if settings.DATA else []


def health_gauges(_now: datetime) -> list[Gauge]:
    """`metrics.gauge_sources`."""
    told = [
        Gauge("part_answers", "1 when this part of the service answers.", int(check.answers), {"part": check.part})
        for check in run_checks()
    ]
    failing = len(failing_programs())
    told.append(Gauge("programs_failing", "Programs that end again and again soon after start.", failing))
    return told


PARTS: dict[str, Callable[[], Check]] = {
    "database": database, "disk": disk, "accounts_file": projected_file, "reading": reading,
    "receiving": receiving, "sending": sending, "cleaner": cleaner,
}  # fmt: skip


def run_checks() -> list[Check]:
    """All parts at once, and none is waited for longer than `LIMIT`."""
    pool = ThreadPoolExecutor(len(PARTS))
    looks = {part: pool.submit(check) for part, check in PARTS.items()}
    done, _late = wait(looks.values(), timeout=LIMIT)
    pool.shutdown(wait=False)
    return [look.result() if look in done else Check(part, False, "no answer") for part, look in looks.items()]


def _sign_in_begins(part: str, path: Path | None) -> Check:
    """Up to Dovecot's auth process, which asks for what the client has to show (RFC 9051, 6.2.2). It is shown nothing:
    that would be a failed sign-in."""
    if path is None:
        return Check(part, False, "no data folder")
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        try:
            client.connect(str(path))
            with client.makefile("rb") as answers:
                answers.readline(LONGEST_LINE)
                client.sendall(b"a AUTHENTICATE OAUTHBEARER\r\n")
                said = answers.readline(LONGEST_LINE)
        except OSError as error:
            return Check(part, False, error.strerror or type(error).__name__)
    return Check(part, said.startswith(b"+"), "" if said.startswith(b"+") else "no sign-in")


def _greeting(part: str, address: tuple[str, int], expected: bytes) -> Check:
    try:
        context = ssl.create_default_context(cafile=settings.MAIL["ca"])
    except FileNotFoundError:
        return Check(part, False, NO_AUTHORITY)
    try:
        with (
            socket.create_connection((settings.MAIL["address"], address[1]), timeout=PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=address[0]) as secure,
        ):
            said = secure.recv(512)
    except OSError as error:
        return Check(part, False, error.strerror or type(error).__name__)
    return Check(part, said.startswith(expected), "" if said.startswith(expected) else "unexpected greeting")
