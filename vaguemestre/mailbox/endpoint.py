"""Where a mail server listens and how long one waits for it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`ca` checks the server's certificate; without it the system's authorities do. `spool`: folder of large parts.

    `certified_as`: the name in the certificate, when one connects by another (loopback). `socket`: a server of this
    machine, reached there and without TLS in the place of host and port, which then only name it."""

    host: str
    port: int
    ca: Path | None = None
    spool: Path | None = None
    certified_as: str = ""
    socket: Path | None = None
    connect_timeout: float = 2.0
    silence_timeout: float = 20.0  # longest wait for a next byte
    command_timeout: float = 120.0  # longest time for one exchange, whatever trickles in

    def within(self, seconds: float) -> Self:
        """The same, where nothing is waited for longer than that."""
        return replace(
            self, connect_timeout=min(seconds, self.connect_timeout),
            silence_timeout=min(seconds, self.silence_timeout), command_timeout=min(seconds, self.command_timeout),
        )  # fmt: skip
