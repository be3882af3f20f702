"""What people said of messages, handed to Rspamd: a file of DATA/learning is a message moved into Junk or out.

Dovecot writes them (dovecot/learning.conf) while somebody moves a message; here they leave one after the other, in the
order of the moves, so that a second thought counts. A Rspamd that is away loses nothing: they wait."""

import http.client
import logging
import re
import socket
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from vaguemestre.clock import due

logger = logging.getLogger(__name__)
FOLDER, SOCKET = "learning", Path("run/learning/controller.sock")
KINDS = {"spam": "/learnspam", "ham": "/learnham"}
KEPT = timedelta(days=7)  # these are letters of people: they wait for a Rspamd that comes back, not for ever
SETTLED = timedelta(seconds=5)  # written in one go: what nobody touched for so long is whole
A_ROUND = 500
TIMEOUT_SECONDS = 20
NAME = re.compile(r"(?P<user>[a-z0-9]{1,40})\.[0-9]+\.(?P<kind>spam|ham)")


@due.recurring("engine.learning.teach", every=60)
def teach(_key: str, now: datetime) -> None:
    """As the clock calls it. Raises OSError when Rspamd does not answer: the clock notes it and comes back."""
    if settings.DATA is None:
        return
    waiting = _waiting(settings.DATA / FOLDER, now)
    if not waiting:
        return
    if not (settings.DATA / SOCKET).exists():
        logger.info("%d lessons wait: Rspamd does not run here", len(waiting))
        return
    for lesson in waiting[:A_ROUND]:
        _hand_in(settings.DATA / SOCKET, lesson)
        lesson.unlink(missing_ok=True)


def forget_account(account_key: str, _now: datetime) -> None:
    """What an account taught and is not learnt yet: `accounts.ports.account_purgers`."""
    if settings.DATA is not None:
        for lesson in (settings.DATA / FOLDER).glob(f"{account_key}.*"):
            lesson.unlink(missing_ok=True)


def _waiting(folder: Path, now: datetime) -> list[Path]:
    """Oldest first, without what may still be written; what waited too long is deleted."""
    found = []
    for file in folder.iterdir() if folder.exists() else []:
        try:
            written = file.stat().st_mtime
        except FileNotFoundError:
            continue
        age = now.timestamp() - written
        if age > KEPT.total_seconds():
            file.unlink(missing_ok=True)
        elif age >= SETTLED.total_seconds() and NAME.fullmatch(file.name):
            found.append((written, file))
    return [file for _written, file in sorted(found)]


def _hand_in(path: Path, lesson: Path) -> None:
    """What Rspamd refuses (too short to learn from, learnt already) is done with: it would refuse it again."""
    try:
        message = lesson.read_bytes()
    except FileNotFoundError:
        return  # another clock was quicker
    named = NAME.fullmatch(lesson.name)
    if named is None:
        return
    connection = RspamdController(path, TIMEOUT_SECONDS)
    try:
        connection.request("POST", KINDS[named["kind"]], message, {"Deliver-To": named["user"]})
        answer = connection.getresponse()
        answer.read()
    except http.client.HTTPException as error:
        raise OSError(f"Rspamd does not speak as it should: {error}") from error
    finally:
        connection.close()
    if answer.status >= 500:
        raise OSError(f"Rspamd cannot learn: {answer.status} {answer.reason}")


class RspamdController(http.client.HTTPConnection):
    """Over its socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
