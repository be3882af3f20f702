"""What systemd waits for before it calls the service active: the door that people use, and every part behind it."""

import argparse
import http.client
import json
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from vaguemestre.instance import read_instance
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.data_folder.web_sockets import web_sockets
from vaguemestre.launcher.prepare import point_at
from vaguemestre.launcher.processes.programs import programs
from vaguemestre.launcher.texts import _

PATIENCE = 60.0
ANSWER_SECONDS = 10
WEB, DOOR = "web", "nginx"


def run(arguments: Sequence[str]) -> int:
    """Waits a minute; then it names what is missing, and systemd asks again."""
    parser = argparse.ArgumentParser("ready")
    parser.add_argument("--data", type=Path, default=folder.DEFAULT_DATA)
    parser.add_argument("--patience", type=float, default=PATIENCE)
    options = parser.parse_args(arguments)
    data = options.data.absolute()
    point_at(data)
    deadline = time.monotonic() + options.patience
    while missing := _missing(data):
        if time.monotonic() > deadline:
            print(_("Not ready: {parts}.", parts=", ".join(missing)), file=sys.stderr)
            return 1
        time.sleep(0.5)
    return 0


def _missing(data: Path) -> list[str]:
    instance = read_instance()
    parts = _parts(web_sockets(data)[0], instance.host)
    door = next(program for program in programs(data, instance) if program.name == DOOR)
    return [*parts, *([] if door.answers() else [DOOR])]


def _parts(web: Path, host: str) -> list[str]:
    connection = http.client.HTTPConnection(host, timeout=ANSWER_SECONDS)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(ANSWER_SECONDS)
    try:
        connection.sock.connect(str(web))
        connection.request("GET", "/ready/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        parts = json.loads(connection.getresponse().read())["parts"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return [WEB]
    finally:
        connection.close()
    return [f"{name} ({answer})" for name, answer in parts.items() if answer != "ok"]
