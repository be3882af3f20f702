"""A client that costs little: one TLS connection kept open, requests as bytes, answers read to their end.

The client runs on the same two cores as what it measures; `http.client` alone would take a third of them.
"""

import socket
import ssl
import zlib
from collections.abc import Mapping
from urllib.parse import urlsplit


class Wire:
    """One connection to one origin. `cookies`: of whoever asks next. `head`: lines of the last answer."""

    def __init__(self, origin: str, ca: str) -> None:
        where = urlsplit(origin)
        self._host, self._port = where.hostname or "localhost", where.port or 443
        self._context = ssl.create_default_context(cafile=ca)
        self._fixed = f"Host: {where.netloc}\r\nAccept-Encoding: gzip\r\nOrigin: {origin}\r\nReferer: {origin}/\r\n"
        self._socket = self._connected()
        self._rest = b""
        self.cookies: Mapping[str, str] = {}
        self.head = b""

    def header(self, name: str) -> str:
        """Of the last answer; empty when it has none."""
        start = self.head.lower().find(f"\r\n{name.lower()}: ".encode())
        return self.head[start + len(name) + 4 :].split(b"\r\n", 1)[0].decode() if start >= 0 else ""

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, bytes]:
        """Status and body, unpacked when the server compressed it."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        fixed = f"{self._fixed}Cookie: {cookies}\r\n"
        request = f"{method} {path} HTTP/1.1\r\n{fixed}{lines}{length}\r\n".encode() + body
        try:
            self._socket.sendall(request)
            return self._answer()
        except (BrokenPipeError, ConnectionResetError, EOFError):  # a server closes a connection after some requests
            self._socket, self._rest = self._connected(), b""
            self._socket.sendall(request)
            return self._answer()

    def _connected(self) -> ssl.SSLSocket:
        plain = socket.create_connection((self._host, self._port), timeout=60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._context.wrap_socket(plain, server_hostname=self._host)

    def _answer(self) -> tuple[int, bytes]:
        self.head = self._until(b"\r\n\r\n")
        head = self.head.lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            body = self._chunks()
        else:
            _, _, after = head.partition(b"content-length: ")
            body = self._exactly(int(after.split(b"\r\n", 1)[0])) if after else b""
        return status, zlib.decompress(body, wbits=31) if b"content-encoding: gzip" in head else body

    def _chunks(self) -> bytes:
        whole = b""
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            whole += self._exactly(size + 2)[:-2]
        self._until(b"\r\n")
        return whole

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._rest:
            self._more()
        found, _, self._rest = self._rest.partition(mark)
        return found + mark

    def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            self._more()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _more(self) -> None:
        got = self._socket.recv(1 << 16)
        if not got:
            raise EOFError
        self._rest += got
