"""Dovecot's administration protocol, over the socket that belongs to the product's user: ends open connections."""

import logging
import socket
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 5


def kick(keys: Iterable[str]) -> None:
    """Ends the IMAP and ManageSieve connections of these accounts. Dovecot being down is fine: none is open then."""
    wanted = sorted(keys)
    if not wanted or settings.DATA is None:
        return
    try:
        _kick(settings.DATA / "run" / "dovecot" / "doveadm-web", wanted)
    except OSError as error:
        logger.warning("doveadm kick of %d accounts: %s", len(wanted), error)


def _kick(path: Path, keys: list[str]) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect(str(path))
        with connection.makefile("rwb") as stream:
            stream.write(b"VERSION\tdoveadm-server\t1\t2\n")
            for key in keys:
                stream.write(f"\t\tkick\t{key}\n".encode("ascii"))
            stream.flush()
            # "+" for the greeting, then one line of "+" or "-" for each command, after what it has to say.
            answers = 0
            while answers < 1 + len(keys) and (line := stream.readline()):
                answers += line[:1] in {b"+", b"-"}
