"""The product's own processes, beside those of the mail engine, and how each shows that it answers."""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from vaguemestre import files
from vaguemestre.engine import processes
from vaguemestre.engine.liveness_probes import converter_answers, hand_answers, knock_is_answered, serves_http
from vaguemestre.engine.processes import Program
from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder.folder import CLEANER_USER, FILES_USER, OFFICE_USER, WEB_USER
from vaguemestre.launcher.data_folder.web_sockets import web_socket, web_sockets
from vaguemestre.launcher.nginx import configuration
from vaguemestre.mailbox.sandbox.cleaner import find_trouble
from vaguemestre.web.monitoring import counters, log_format, logged_program

SECONDS = 3.0
# Twice as many open pages as one event process is meant for; left alone, granian serves 1,024 requests at once and
# lets all others wait for the end of one, which for a stream is never.
STREAMS = ("--backlog", "1024", "--backpressure", "12000")
# Threads of each web process: more than one mailbox that hangs can hold (`Pool`).
THREADS = ("--blocking-threads", "8")
# Of the server of `web` that makes attachments small: one waits there for the converter, on no page's thread.
THUMBNAIL_THREADS = ("--blocking-threads", "24")


def programs(data: Path, instance: Instance) -> list[Program]:
    """In order of start: what others lean on comes first, and stops last."""
    listed = [*processes.programs(instance), *_product(data, instance), _nginx(data, instance)]
    told = {log_format.VARIABLE: instance.log_format}
    return [replace(program, environment={**told, **program.environment}) for program in listed]


def _product(data: Path, instance: Instance) -> list[Program]:
    cleaner_socket = data / "run" / "cleaner" / "socket"
    conversions = data / "conversions"
    ports = instance.ports
    return [
        Program("cleaner", logged_program.command("vaguemestre.mailbox.sandbox.cleaner", str(cleaner_socket)),
                CLEANER_USER, lambda: not find_trouble(cleaner_socket), priority=200, offline=True),
        Program("converter", logged_program.command("vaguemestre.mailbox.sandbox.converter", str(conversions)),
                OFFICE_USER, partial(converter_answers, conversions / "socket"), priority=200, offline=True),
        _python("tasks", "vaguemestre", "tasks", answers=partial(knock_is_answered, data / "run" / "tasks.sock")),
        _server("gate", "wsgi", "vaguemestre.gate:application", "--port", str(ports.gate), "--blocking-threads", "4",
                answers=partial(serves_http, ("127.0.0.1", ports.gate), "/health"),
                environment=_counting(data, "gate")),
        _server("events", "asgi", "vaguemestre.events:application", "--port", str(ports.events), *STREAMS,
                answers=partial(serves_http, ("127.0.0.1", ports.events))),
        *([_restorer(data / "run" / "restorer.sock")] if instance.backup or instance.mode == "production" else []),
        _files(data, instance),
        _server("web", "wsgi", "vaguemestre.wsgi:application", "--uds", str(web_socket(data)), *THREADS,
                "+", "--uds", str(data / "run" / "thumbnails.sock"), *THUMBNAIL_THREADS,
                answers=lambda: all(serves_http(one, "/health/", host=instance.host) for one in web_sockets(data)),
                environment=_counting(data, "web")),
    ]  # fmt: skip


def _counting(data: Path, program: str) -> dict[str, str]:
    """The two that count for `/metrics/`, where `web` adds up."""
    return {counters.VARIABLE: str(data / "run" / "counters" / program)}


def _files(data: Path, instance: Instance) -> Program:
    """What strangers fetch, some of it for an hour, and what is fetched from them: a user, a key, and no database. Two
    servers that share what they have read. A name without an answer is given up soon."""
    sockets = data / "run" / "files"
    shared = ("--uds-permissions", "0o660")  # with nginx, by the folder's group
    handouts = ("--uds", str(sockets / "handouts.sock"), *shared, "--blocking-threads", "64")
    pictures = ("+", "--uds", str(sockets / "pictures.sock"), *shared, "--blocking-threads", "24")
    listed = _server(
        "files", "wsgi", "vaguemestre.files:application", *handouts, *(pictures if instance.remote_images else ()),
        answers=partial(serves_http, sockets / "handouts.sock"),
        environment={**files_environment(instance), "RES_OPTIONS": "timeout:2 attempts:1"},
    )  # fmt: skip
    return replace(listed, user=FILES_USER)


def files_environment(instance: Instance) -> dict[str, str]:
    """What `instance.toml` says to `files`, which does not see it."""
    refused = " ".join(map(str, instance.refused_networks))
    permitted = {files.PERMITTED: instance.permitted_address} if instance.permitted_address else {}
    return {files.REFUSED: refused, **permitted}


def _restorer(path: Path) -> Program:
    """Root: nobody else reads a backup, and its password. Where none is set up it says so; production has its unit."""
    command = logged_program.command("vaguemestre.backup.mailbox.mailbox_restorer", str(path))
    return Program("restorer", command, "root", partial(hand_answers, path), priority=200)


def _nginx(data: Path, instance: Instance) -> Program:
    return Program(
        name="nginx", command=configuration.command(data), user=configuration.user(instance), environment={},
        answers=lambda: _site_answers(data, instance), stop_signal="QUIT", stop_seconds=5, priority=300,
    )  # fmt: skip


def _server(
    name: str, interface: str, application: str, *options: str, answers: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
) -> Program:  # fmt: skip
    return _python(name, "vaguemestre.launcher.processes.application_server", interface, application, *options,
                   answers=answers, environment=environment)  # fmt: skip


def _python(
    name: str, module: str, *arguments: str, answers: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Program:
    return Program(
        name=name, command=logged_program.command(module, *arguments), user=WEB_USER,
        environment=environment or {}, answers=answers, stop_seconds=10, priority=200,
    )  # fmt: skip


def _site_answers(data: Path, instance: Instance) -> bool:
    """Through the door that people use, with the certificate checked."""
    address = "127.0.0.1" if instance.listen in ("0.0.0.0", "::") else instance.listen  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(instance.host, instance.ports.web, timeout=SECONDS)
    try:
        context = ssl.create_default_context(cafile=str(data / "tls" / "ca.pem"))
        raw = socket.create_connection((address, instance.ports.web), SECONDS)
        connection.sock = context.wrap_socket(raw, server_hostname=instance.host)
        connection.request("GET", "/health/")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
