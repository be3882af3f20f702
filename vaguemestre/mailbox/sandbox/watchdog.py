"""A process that serves says so, from the loop that does it, to whoever supervises it: systemd, or `supervisor_daemon`
in a demo. Silent for `SILENCE_SECONDS` after its first word it is killed, and started again as after any other end.

By systemd's protocol (sd_notify(3)). Its limit goes with the word, not into the unit: a start may take its time.
"""

import os
import socket
import time
from contextlib import suppress

VARIABLE = "NOTIFY_SOCKET"
SILENCE_SECONDS = 180.0  # more than any question to one that answers them in turn, also where 25 wait for a processor
INTERVAL_SECONDS = 10.0

_said_at = -INTERVAL_SECONDS


def beat() -> None:
    """Costs nothing when called often, or where nobody listens."""
    global _said_at
    now = time.monotonic()
    address = os.environ.get(VARIABLE)
    if not address or now - _said_at < INTERVAL_SECONDS:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        client.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        client.send(b"WATCHDOG_USEC=%d\nWATCHDOG=1" % (SILENCE_SECONDS * 1_000_000))
        _said_at = now  # one that is not taken is said again at the next call
