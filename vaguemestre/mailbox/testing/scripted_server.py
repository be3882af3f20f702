"""Servers that say what a test makes them say, over real TLS; and a relay that can be cut."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from vaguemestre.mailbox.endpoint import Endpoint

CAPABILITY = "IMAP4rev1 SASL-IR LITERAL+ MULTIAPPEND UIDPLUS MOVE ESEARCH LIST-STATUS SPECIAL-USE PREVIEW"


@dataclass(frozen=True)
class Authority:
    """A certificate that is its own authority."""

    certificate: Path
    key: Path

    @classmethod
    def made_in(cls, folder: Path) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.datetime.now(datetime.UTC)
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        made = cls(folder / "certificate.pem", folder / "key.pem")
        made.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return made


@contextmanager
def scripted(
    authority: Authority, act: Callable[[ssl.SSLSocket], None], *, silence: float = 1.0, command: float = 3.0
) -> Iterator[Endpoint]:
    """A server that plays `act` on each connection and then hangs up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate, authority.key)
    listener = socket.create_server(("127.0.0.1", 0))

    def play(raw: socket.socket) -> None:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError), context.wrap_socket(raw, server_side=True) as connection:
            act(connection)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                Thread(target=play, args=(listener.accept()[0],), daemon=True).start()

    Thread(target=serve, daemon=True).start()
    port = listener.getsockname()[1]
    yield Endpoint("127.0.0.1", port, authority.certificate, silence_timeout=silence, command_timeout=command)
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def signed_in(connection: ssl.SSLSocket, listing: bytes = b"") -> None:
    """Greets, accepts whoever comes, and answers what is asked in the same breath with `listing`."""
    connection.sendall(b"* OK ready\r\n")
    data = b""
    while b"AUTHENTICATE" not in data or not data.endswith(b"\r\n"):
        data += connection.recv(65536)
    for line in data.splitlines():
        tag, _, command = line.partition(b" ")
        if command.startswith(b"LIST"):
            connection.sendall(listing)
        code = b"[CAPABILITY " + CAPABILITY.encode() + b"] " if command.startswith(b"AUTHENTICATE") else b""
        connection.sendall(tag + b" OK " + code + b"done\r\n")


class Relay:
    """Passes bytes to another port until it is cut; can be put back."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._pairs: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self.accepted = 0
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._listener.getsockname()[1]
        Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Nobody listens any more, and open connections end."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.cut_open()

    def cut_open(self) -> None:
        """Only what is open ends."""
        for one in self._pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def _serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                self.accepted += 1
                far = socket.create_connection(self._target)
                self._pairs += [near, far]
                for source, sink in ((near, far), (far, near)):
                    Thread(target=self._pass, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
