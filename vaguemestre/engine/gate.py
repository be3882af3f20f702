"""Dovecot's auth policy: asked before a password is verified, told how it went, and which program it was. Small, no
middleware, always quick.

Reports are written by one thread behind a queue: a sign-in storm that fills the journal never delays the next answer.
What the question itself writes is one short transaction, given up when it does not come at once.
Whatever fails here lets people in; whoever must stay out is refused by the projected file.
"""

import base64
import hmac
import json
import logging
import queue
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from urllib.parse import parse_qs

from anyascii import anyascii
from django.conf import settings
from django.db import Error as DatabaseError, OperationalError, close_old_connections, connection, connections
from django.utils import timezone

from vaguemestre.accounts.mail_access import client_names, gate_policy
from vaguemestre.accounts.mail_access.gate_policy import ALLOWED, GateDecision, GateReport, MailSignIn

logger = logging.getLogger(__name__)
LONGEST_BODY = 16 * 1024
LONGEST_LOGIN = 254
WAITING_REPORTS = 5000
WRITES_WITHIN_MS = 200
REFUSE, GO_ON = -1, 0
# Dovecot's words: a passdb with `deny` objects, after the secret was verified; nothing could be looked up.
RIGHT_BUT_REFUSED, UNVERIFIED = "disabled", "internal"

type StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/health":
        return _respond(start_response, "200 OK", {})
    if not _is_known(environ):
        return _respond(start_response, "403 Forbidden", {})
    if environ["PATH_INFO"] == "/program":
        return _program(environ, start_response)
    command = parse_qs(environ.get("QUERY_STRING", "")).get("command", [""])[0]
    try:
        told = _read(environ)
        sign_in = _sign_in(told)
    except ValueError:
        return _respond(start_response, "400 Bad Request", {})
    if command == "allow":
        decision = _allow(sign_in, timezone.now())
    else:
        decision = ALLOWED
        reports.put(sign_in, told)
    status = GO_ON if decision.allowed else REFUSE
    # Both protocols answer in ASCII, and mail programs show it as it is.
    return _respond(start_response, "200 OK", {"status": status, "msg": anyascii(decision.message)})


def _program(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """IMAP's ID, as Dovecot's event tells it."""
    try:
        told = _read(environ).get("fields")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return _respond(start_response, "400 Bad Request", {})
    connection = client_names.connection_name(str(told.get("remote_ip", "")), str(told.get("remote_port", "")))
    name = client_names.program_text(str(told.get("id_param_name", "")), str(told.get("id_param_version", "")))
    reports.add(partial(gate_policy.note_program, connection, name, now=timezone.now()))
    return _respond(start_response, "200 OK", {})


class Reports:
    """How sign-ins went, and of which programs, waiting to be written."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], None] | None] = queue.Queue(WAITING_REPORTS)
        self._started = threading.Lock()
        self._writer: threading.Thread | None = None

    def put(self, sign_in: MailSignIn, told: dict[str, Any]) -> None:
        self.add(partial(gate_policy.report_signin, sign_in, _report(told), now=timezone.now()))

    def add(self, writing: Callable[[], None]) -> None:
        with self._started:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="reports", daemon=True)
                self._writer.start()
        try:
            self._waiting.put_nowait(writing)
        except queue.Full:
            logger.warning("a sign-in was not written down: %d are waiting", WAITING_REPORTS)

    def finish(self) -> None:
        """Returns once everything given so far is written and the writer has let go of the database."""
        with self._started:
            if self._writer is not None:
                self._waiting.put(None)
                self._writer.join()
                self._writer = None

    def _write(self) -> None:
        while writing := self._waiting.get():
            try:
                close_old_connections()
                writing()
            except Exception:  # the next report must find this thread alive
                logger.exception("a sign-in was not written down")
        connections.close_all()


reports = Reports()


def _allow(sign_in: MailSignIn, now: datetime) -> GateDecision:
    try:
        close_old_connections()
        return _allow_or_ask(sign_in, now)
    except (DatabaseError, ValueError) as error:
        logger.warning("let in unasked: %s", error)
        return ALLOWED


def _allow_or_ask(sign_in: MailSignIn, now: datetime) -> GateDecision:
    """Dovecot waits half a second: a table that is being written for longer (an import, on SQLite) is only read."""
    try:
        _wait_briefly()
        return gate_policy.decide(sign_in, now=now)
    except OperationalError as error:
        logger.warning("not counted beforehand: %s", error)
        return gate_policy.decide_uncounted(sign_in, now=now)


def _wait_briefly() -> None:
    """For this thread's own connection; the one that writes reports has another, and all its time."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {WRITES_WITHIN_MS}")
        else:
            cursor.execute(f"SET lock_timeout = {WRITES_WITHIN_MS}")


def _read(environ: dict[str, Any]) -> dict[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > LONGEST_BODY:
        raise ValueError("too long")
    told = json.loads(environ["wsgi.input"].read(length))
    if not isinstance(told, dict):
        raise ValueError("not an object")
    return told


def _sign_in(told: dict[str, Any]) -> MailSignIn:
    return MailSignIn(
        login=str(told.get("login", ""))[:LONGEST_LOGIN], remote=str(told.get("remote", "")),
        protocol=str(told.get("protocol", "")), mechanism=str(told.get("mechanism", "")),
        secret_trace=str(told.get("pwhash", "")), session=str(told.get("session_id", ""))[:100],
        port=str(told.get("port", ""))[:10],
    )  # fmt: skip


def _report(told: dict[str, Any]) -> GateReport:
    return GateReport(
        success=bool(told.get("success")), rejected=bool(told.get("policy_reject")),
        secret_right=told.get("fail") == RIGHT_BUT_REFUSED, unverified=told.get("fail") == UNVERIFIED,
        app=str(told.get("app", ""))[:20],
    )  # fmt: skip


def _is_known(environ: dict[str, Any]) -> bool:
    """Dovecot, by the word of the policy: in a header of ours, or as a password where it can send nothing else."""
    shown = environ.get("HTTP_X_VAGUEMESTRE_GATE", "").encode()
    basic = environ.get("HTTP_AUTHORIZATION", "").encode()
    expected = b"Basic " + base64.b64encode(b"gate:" + _word())
    return hmac.compare_digest(shown, _word()) or hmac.compare_digest(basic, expected)


@lru_cache(maxsize=1)
def _word() -> bytes:
    assert settings.SECRETS_DIR is not None, "the gate needs a data folder"  # noqa: S101 - a programmer's error
    return (settings.SECRETS_DIR / "policy.key").read_bytes().strip()


def _respond(start_response: StartResponse, status: str, answer: dict[str, object]) -> Iterable[bytes]:
    body = json.dumps(answer).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
