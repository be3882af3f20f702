"""Figures of the mail servers, each from the server itself; nothing is asked about an account."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from vaguemestre.engine.doveadm_protocol import ask
from vaguemestre.engine.queue_holds import ask_keeper
from vaguemestre.engine.spam_training import SOCKET, RspamdController
from vaguemestre.web.metrics import Gauge

PATIENCE_SECONDS = 5
_PROCESSES, _AVAILABLE = 1, 2  # columns of "service status"


def postfix_gauges(_now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`. Raises QueueUnavailableError."""
    if settings.DATA is None:
        return
    said = postfix_state()
    for queue, state in said["queues"].items():
        labels = {"queue": queue}
        yield Gauge("queue_messages", "Messages in Postfix's queues.", state["count"], labels)
        yield Gauge("queue_oldest_seconds", "How long the oldest message of it has been here.", state["age"], labels)
    for where, result, count in said["deliveries"]:
        labels = {"to": where, "result": result}
        yield Gauge("deliveries_total", "Tries to deliver, a recipient each.", count, labels, "counter")
    for door, reason, count in said["refusals"]:
        labels = {"door": door, "reason": reason}
        yield Gauge("refusals_total", "What Postfix did not take.", count, labels, "counter")


def postfix_state() -> dict[str, Any]:
    """Raises QueueUnavailableError."""
    return ask_keeper("state", PATIENCE_SECONDS)


def dovecot_gauges(_now: datetime) -> Iterator[Gauge]:
    """Raises DoveadmUnavailableError."""
    if settings.DATA is not None:
        yield Gauge("imap_sessions", "Open IMAP sessions, those of the webmail among them.", count_imap_sessions())


def count_imap_sessions() -> int:
    """A process of the service `imap` is an open session, but for those that wait for one. Raises
    DoveadmUnavailableError."""
    said = ask("", "service status", "imap")
    return int(said[_PROCESSES]) - int(said[_AVAILABLE])


def rspamd_gauges(_now: datetime) -> Iterator[Gauge]:
    """What it counts itself, also over a restart. Raises OSError."""
    path = settings.DATA / SOCKET if settings.DATA else None
    if path is None or not path.exists():
        return  # an installation without it
    said = _controller_state(path)
    for verdict, count in said["actions"].items():
        labels = {"verdict": verdict.replace(" ", "_")}
        yield Gauge("spam_verdicts_total", "What Rspamd said of messages.", count, labels, "counter")
    yield Gauge("spam_learned_total", "Messages that the filter learnt from.", said["learned"], kind="counter")


def _controller_state(path: Path) -> dict[str, Any]:
    connection = RspamdController(path, PATIENCE_SECONDS)
    try:
        connection.request("GET", "/stat")
        said: dict[str, Any] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return said
