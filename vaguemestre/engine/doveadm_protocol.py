"""Dovecot's administration protocol, for what no person's connection may do: read or delete the mailbox of somebody who
has left. Over the socket that belongs to the product’s user; nothing else opens it.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

SILENCE_SECONDS = 60
_DATA = b"\x00"
_ESCAPES = ((b"\x01n", b"\n"), (b"\x01t", b"\t"), (b"\x01r", b"\r"), (b"\x010", b"\x00"), (b"\x011", b"\x01"))


class DoveadmUnavailableError(Exception):
    """Dovecot is away, or hung up half-way: the same again later may succeed."""

    permanent = False


class DoveadmRefusedError(Exception):
    """Dovecot's own word for why not, such as NOUSER."""

    permanent = True


def ask(user: str, command: str, *arguments: str) -> list[str]:
    """The fields of the answer, in a row. For short answers."""
    with asked(user, command, *arguments) as answer:
        return [b"".join(field.pieces()).decode("utf-8", "replace") for field in answer]


@contextmanager
def asked(user: str, command: str, *arguments: str) -> "Iterator[Iterator[Field]]":
    """The fields one after the other, each to be read (or left) before the next. Leaving early ends the command."""
    path = settings.DATA / "run" / "dovecot" / "doveadm-web" if settings.DATA else None
    if path is None:
        raise DoveadmUnavailableError("no data folder")
    words = "\t".join(_escaped(word) for word in ("", user, command, *arguments))
    with _connected(path, f"VERSION\tdoveadm-server\t1\t2\n{words}\n".encode()) as stream:
        yield _fields(_Answer(stream))


class Field:
    """One value of an answer, which may be a message of any size."""

    def __init__(self, answer: "_Answer") -> None:
        self._answer = answer
        self._over = False

    def pieces(self) -> Iterator[bytes]:
        """The value as it was, in pieces of at most a frame."""
        held = b""
        while not self._over:
            raw, self._over = self._answer.until_tab()
            raw, held = held + raw, b""
            if raw.endswith(b"\x01"):  # an escape cut by the frame's end
                raw, held = raw[:-1], b"\x01"
            for escape, octet in _ESCAPES:
                raw = raw.replace(escape, octet)
            if raw:
                yield raw

    def text(self) -> str:
        return b"".join(self.pieces()).decode("utf-8", "replace")

    def leave(self) -> None:
        for _piece in self.pieces():
            pass


class _Answer:
    """Frames (channel, length, bytes) as one run of bytes: fields end with a tab, their own tabs and line ends are
    escaped. An empty line and a verdict end it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._greeting()

    def _greeting(self) -> None:
        while (line := self._line()) != b"+\n":
            if not line.startswith(b"VERSION"):
                raise DoveadmUnavailableError(f"greeting {line[:40]!r}")

    def until_tab(self) -> tuple[bytes, bool]:
        """Bytes up to the next tab, and whether it was reached."""
        if not self._buffer:
            self._buffer = self._frame()
        found, tab, self._buffer = self._buffer.partition(b"\t")
        return found, bool(tab)

    def at_end(self) -> bool:
        """The command is done. Raises DoveadmRefusedError when it says no."""
        if not self._buffer:
            self._buffer = self._frame()
        if not self._buffer.startswith(b"\n"):
            return False
        while self._buffer.count(b"\n") < 2:
            self._buffer += self._frame()
        verdict = self._buffer[1:].partition(b"\n")[0]
        if verdict != b"+":
            raise DoveadmRefusedError(verdict[1:].decode("ascii", "replace") or "failed")
        return True

    def _frame(self) -> bytes:
        while True:
            head = self._exactly(5)
            octets = self._exactly(int.from_bytes(head[1:], "big"))
            if head[:1] == _DATA:  # the other channel is its log
                return octets

    def _line(self) -> bytes:
        try:
            return self._stream.readline()
        except OSError as error:
            raise DoveadmUnavailableError(str(error)) from error

    def _exactly(self, count: int) -> bytes:
        try:
            octets = self._stream.read(count)
        except OSError as error:
            raise DoveadmUnavailableError(str(error)) from error
        if len(octets) < count:
            raise DoveadmUnavailableError("hung up")
        return octets


def _fields(answer: _Answer) -> Iterator[Field]:
    while not answer.at_end():
        field = Field(answer)
        yield field
        field.leave()


@contextmanager
def _connected(path: Path, question: bytes) -> Iterator[BinaryIO]:
    """Only what goes wrong with the socket is Dovecot's: whoever reads may meet errors of their own."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SILENCE_SECONDS)
        try:
            connection.connect(str(path))
            connection.sendall(question)
        except OSError as error:
            raise DoveadmUnavailableError(str(error)) from error
        with connection.makefile("rb") as stream:
            yield stream


def _escaped(word: str) -> str:
    """A folder may have any name; ours never hold a tab or a line end, and nothing may become another command."""
    escaped = word.replace("\x01", "\x011").replace("\t", "\x01t").replace("\r", "\x01r").replace("\n", "\x01n")
    return escaped.replace("\x00", "\x010")
