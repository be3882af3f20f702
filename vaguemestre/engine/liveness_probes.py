"""Does a program answer? One real exchange in its own words: a process that hangs still accepts connections, for the
kernel does that for it. Each raises nothing, and takes seconds at most. No Django."""

import http.client
import json
import socket
import ssl
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

from vaguemestre.engine.root_socket import PING, NoAnswerError, ask

SECONDS = 4.0
KEEPER_SECONDS = 15.0  # it answers one after the other
KEEPER = Path("run/queuekeeper.sock")
_MILTER_OPTIONS = struct.pack("!IcIII", 13, b"O", 6, 0x1FF, 0x1FFFFF)
# As Dovecot asks which documents are known.
_WHICH_TYPES = b"VERSION\tscript\t4\t0\nalarm=10\nnoreply\n\n"

type Address = Path | tuple[str, int]


def greets(port: int, *, tls: bool = False) -> bool:
    """Postfix's master listens before its smtpd can speak."""
    # Asked of ourselves on loopback: is it there? Whose certificate it is, clients check.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as plain:
            if not tls:
                return bool(plain.recv(1))
            with context.wrap_socket(plain) as secured:
                return bool(secured.recv(1))
    except OSError:
        return False


def says(path: Path, words: bytes, expected: bytes) -> bool:
    """What its answer begins with. Raises PermissionError for whoever may not ask."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(str(path))
            connection.sendall(words)
            answer = connection.recv(64)
            return bool(answer) and answer.startswith(expected)
    except PermissionError:
        raise
    except OSError:
        return False


def milter_answers(path: Path) -> bool:
    """It negotiates options, as with Postfix. Raises PermissionError."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(str(path))
            connection.sendall(_MILTER_OPTIONS)
            return connection.recv(5)[4:] == b"O"
    except PermissionError:
        raise
    except OSError:
        return False


# What only root may ask, by its place in `run`: the queuekeeper asks for the others.
BEHIND_ROOT: dict[str, tuple[Path, Callable[[Path], bool]]] = {
    "valkey": (Path("valkey/valkey.sock"), partial(says, words=b"PING\r\n", expected=b"+PONG")),
    "rspamd": (Path("rspamd/milter.sock"), milter_answers),
    "decoder": (Path("decoder/socket"), partial(says, words=_WHICH_TYPES, expected=b"")),
}


def answers_root(run: Path, program: str) -> bool:
    place, probe = BEHIND_ROOT[program]
    return probe(run / place)


def answers_through_keeper(data: Path, program: str) -> bool:
    """Asked by whoever may, or by root's hand; where that is away itself, nothing is said against the other one."""
    try:
        return answers_root(data / "run", program)
    except PermissionError:
        pass
    try:
        said = ask(data / KEEPER, {"act": "probe", "program": program}, KEEPER_SECONDS)
    except NoAnswerError:
        return True
    return bool(said.get("answers", True))


def hand_answers(path: Path, seconds: float = KEEPER_SECONDS) -> bool:
    """A process of `root_socket`, which may be at another question: the keeper may be asking three that hang."""
    try:
        ask(path, PING, seconds)
    except NoAnswerError:
        return False
    return True


def serves_http(address: Address, target: str = "/", *, host: str = "localhost") -> bool:
    """Any answer of a server of ours will do."""
    return 0 < http_status(address, target, host=host) < http.HTTPStatus.INTERNAL_SERVER_ERROR


def http_status(address: Address, target: str, *, host: str, seconds: float = SECONDS) -> int:
    """0: no answer."""
    connection = http.client.HTTPConnection(host, timeout=seconds)
    try:
        connection.sock = _connected(address, seconds)
        connection.request("GET", target, headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def knock_is_answered(path: Path) -> bool:
    """The tasks process, which listens for datagrams (`clock.urgent_jobs`)."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.settimeout(SECONDS)
            client.bind("")  # a name of the kernel's choice, to be answered at
            client.sendto(b"?", str(path))
            return bool(client.recv(1))
    except OSError:
        return False


def _connected(address: Address, seconds: float) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, seconds)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    connection.connect(str(address))
    return connection


def converter_answers(path: Path) -> bool:
    """It says where a document stands that nobody brought."""
    head = json.dumps({"owner": "", "shelf": ""}).encode()
    return says(path, struct.pack(">II", len(head), 0) + head, b"\0")
