"""Does each part of the service answer? Real connections, bounded in time; no name and no secret in the answer."""

import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils.module_loading import import_string

PATIENCE = 2.0


@dataclass(frozen=True)
class Check:
    part: str
    answers: bool
    detail: str = ""


def database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", False, type(error).__name__)
    return Check("database", True)


def reading() -> Check:
    """The webmail's own door opens; the mail ports greet over TLS with a certificate that the web accepts."""
    door = _listening("reading", settings.MAIL["mailboxes"])
    return _greeting("reading", settings.MAIL["imaps"], b"* OK") if door.answers else door


def sending() -> Check:
    return _greeting("sending", settings.MAIL["smtps"], b"220")


def cleaner() -> Check:
    """The process that makes the HTML of a message harmless makes one so: its door may be open all the same."""
    try_it: Callable[[Path | None], str] = import_string(settings.CLEANER_TRIAL)
    trouble = try_it(settings.MAIL["cleaner"])
    return Check("cleaner", not trouble, trouble)


def projected_file() -> Check:
    """The file of accounts that the mail daemons read."""
    path = settings.DATA / "db" / "mail.sqlite3" if settings.DATA else None
    present = path is not None and path.is_file()
    return Check("accounts_file", present, "" if present else "absent")


def every() -> list[Check]:
    """All parts at once: one that hangs delays the answer by its own patience only. The database is asked here, in
    the thread that owns the connection."""
    elsewhere: tuple[Callable[[], Check], ...] = (projected_file, reading, sending, cleaner)
    with ThreadPoolExecutor(len(elsewhere)) as pool:
        answers = [pool.submit(check) for check in elsewhere]
        return [database(), *(answer.result() for answer in answers)]


def _listening(part: str, path: Path | None) -> Check:
    if path is None:
        return Check(part, False, "no data folder")
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        try:
            client.connect(str(path))
        except OSError as error:
            return Check(part, False, error.strerror or type(error).__name__)
    return Check(part, True)


def _greeting(part: str, address: tuple[str, int], expected: bytes) -> Check:
    context = ssl.create_default_context(cafile=settings.MAIL["ca"])
    try:
        with (
            socket.create_connection(address, timeout=PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=address[0]) as secure,
        ):
            said = secure.recv(512)
    except OSError as error:
        return Check(part, False, error.strerror or type(error).__name__)
    return Check(part, said.startswith(expected), "" if said.startswith(expected) else "unexpected greeting")
