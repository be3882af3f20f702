"""The mbox form (RFC 4155, "mboxrd"): every message as it is stored, under a line "From " of its own.

Lines of a message that could be taken for such a line get a ">" more; whoever takes one off has the very bytes again.
"""

import re
import time
from typing import BinaryIO

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_PERHAPS = re.compile(rb">*(?:F(?:r(?:om?)?)?)?")


class Mbox:
    """Writes at the end of a file. Memory stays small whatever a message weighs."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._held = b""  # the beginning of a line, as long as it may become a "From " line
        self._line_starts = True
        self._empty = True

    def begin(self, received: int, flags: str) -> None:
        stamp = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime(received))
        self._out.write(f"From MAILER-DAEMON {stamp}\n".encode("ascii"))
        self._out.write(_status(flags))
        self._held, self._line_starts, self._empty = b"", True, True

    def feed(self, piece: bytes) -> None:
        data = self._held + piece
        cut = data.rfind(b"\n") + 1
        tail = data[cut:]
        self._held = b""
        if (cut or self._line_starts) and _PERHAPS.fullmatch(tail):
            data, self._held = data[:cut], tail
        self._write(data)

    def end(self) -> None:
        """A message ends with its line, and an empty line follows it."""
        self._write(self._held)
        self._held = b""
        self._out.write(b"\n" if self._line_starts and not self._empty else b"\n\n")

    def _write(self, data: bytes) -> None:
        if not data:
            return
        if self._line_starts:
            self._out.write(_FROM.sub(rb">\1", data))
        else:
            rest_of_line, line_end, others = data.partition(b"\n")
            self._out.write(rest_of_line + line_end + _FROM.sub(rb">\1", others))
        self._line_starts, self._empty = data.endswith(b"\n"), False


def _status(flags: str) -> bytes:
    """Read, answered, starred…: as mail programs have written it in mbox files for thirty years."""
    held = set(flags.split())
    status = "RO" if "\\Seen" in held else "O"
    letters = (("\\Answered", "A"), ("\\Flagged", "F"), ("\\Draft", "T"))
    extra = "".join(letter for flag, letter in letters if flag in held)
    return f"Status: {status}\n".encode() + (f"X-Status: {extra}\n".encode() if extra else b"")
