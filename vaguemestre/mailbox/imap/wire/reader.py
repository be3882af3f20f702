"""Bytes in, whole responses out: lines joined with the literals they announce. No socket here."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.wire.faults import ProtocolError

_ANNOUNCE = re.compile(rb"~?\{([0-9]{1,19})\+?\}\r?\n\Z")
# The text of a status is for people and may end in anything.
_STATUS = re.compile(rb"(?i)(\+|[^ \r\n]+ (OK|NO|BAD|BYE|PREAUTH))(?=[ \r\n])")


class Spooled:
    """A literal too large to hold in memory: an open, unnamed file."""

    def __init__(self, folder: Path | None) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it outlives this call by design
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.size += self.file.write(data)

    def pieces(self, size: int = 65536) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(size):
            yield piece

    def head(self, size: int) -> bytes:
        self.file.seek(0)
        return self.file.read(size)


Segment = bytes | Spooled


@dataclass(frozen=True, slots=True)
class Limits:
    """`held` bounds the lines and small literals of one response; larger literals go to a file in `folder`."""

    held: int = 16 * 1024 * 1024
    spool_above: int = 1024 * 1024
    literal: int = 512 * 1024 * 1024
    folder: Path | None = None


class LineReader:
    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._buffer = bytearray()
        self._searched = 0  # of the buffer, already known to hold no line end
        self._segments: list[Segment] = []
        self._held = 0
        self._missing = 0  # bytes of the current literal still to come
        self._spool: Spooled | None = None

    def feed(self, data: bytes) -> Iterator[list[Segment]]:
        """Each response is [line], or [line, literal, rest of line, …]. Consume it all before feeding again."""
        self._buffer += data
        try:
            if not self._segments:
                yield from self._plain_lines()
            while self._step():
                if not isinstance(self._segments[-1], bytes) or not self._complete():
                    continue
                response, self._segments, self._held = self._segments, [], 0
                yield response
        except OSError as error:
            raise MailboxUnavailableError(f"spool: {error.strerror}") from error

    def _plain_lines(self) -> Iterator[list[Segment]]:
        """The whole lines at the head of the buffer, up to one that may announce a literal: nearly all, cut at once."""
        end = self._buffer.rfind(b"\n", self._searched) + 1
        if not end or end > self.limits.held:
            return
        taken = 0
        for line in bytes(self._buffer[:end]).split(b"\n")[:-1]:
            if line.endswith((b"}\r", b"}")):
                break
            taken += len(line) + 1
            yield [line + b"\n"]
        del self._buffer[:taken]
        self._searched = 0

    def _step(self) -> bool:
        """Move one line or one literal from the buffer to the segments; False when more bytes are needed."""
        return self._take_literal() if self._in_literal() else self._take_line()

    def _in_literal(self) -> bool:
        return self._missing > 0 or self._spool is not None

    def _complete(self) -> bool:
        """After a line: does the response end here? If not, prepare for the literal that the line announces."""
        line = self._segments[-1]
        if not isinstance(line, bytes) or self._was_literal():
            return False
        announce = _ANNOUNCE.search(line[-32:])
        first = self._segments[0]
        if announce is None or (len(self._segments) == 1 and isinstance(first, bytes) and _STATUS.match(first)):
            return True
        self._missing = int(announce[1])
        if self._missing > self.limits.literal:
            raise ProtocolError(f"literal of {self._missing} octets")
        if self._missing > self.limits.spool_above:
            self._spool = Spooled(self.limits.folder)
        elif self._missing == 0:
            self._segments.append(b"")
        return False

    def _was_literal(self) -> bool:
        """Lines stand at even places, literals at odd ones."""
        return len(self._segments) % 2 == 0

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            self._hold(self._searched, keep=False)
            return False
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        self._searched = 0
        self._hold(len(line))
        self._segments.append(line)
        return True

    def _take_literal(self) -> bool:
        if self._spool is not None:
            return self._take_spooled(self._spool)
        if len(self._buffer) < self._missing:
            return False
        self._hold(self._missing)
        self._segments.append(bytes(self._buffer[: self._missing]))
        del self._buffer[: self._missing]
        self._missing = 0
        return True

    def _take_spooled(self, spool: Spooled) -> bool:
        size = min(len(self._buffer), self._missing)
        spool.write(self._buffer[:size])
        del self._buffer[:size]
        self._missing -= size
        if self._missing:
            return False
        self._segments.append(spool)
        self._spool = None
        return True

    def _hold(self, size: int, *, keep: bool = True) -> None:
        if self._held + size > self.limits.held:
            raise ProtocolError(f"response of more than {self.limits.held} octets")
        if keep:
            self._held += size
