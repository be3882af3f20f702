"""Dovecot after the clock was set back: it begins no process for three minutes, and one that reads the projected file
refuses everyone until the former time has come again (`docs/decisions/mail-engine.md`). No Django.

Processes that begin afterwards know nothing of it: Dovecot reads its files again, which ends no session.
"""

import logging
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

STEP_SECONDS = 1.0  # less is borne, and is what a clock is put right by without a step

logger = logging.getLogger(__name__)


class ClockSteps:
    """`look` is called about twice a second, as root."""

    def __init__(self, dovecot: Path) -> None:
        self._dovecot, self._ahead = dovecot, _ahead()  # its folder in `run`

    def look(self) -> None:
        before, self._ahead = self._ahead, _ahead()
        if before - self._ahead > STEP_SECONDS:
            logger.warning("the clock was set back by %d s: Dovecot reloads", before - self._ahead)
            with suppress(OSError, ValueError):  # it does not run
                os.kill(int((self._dovecot / "master.pid").read_text()), signal.SIGHUP)


def _ahead() -> float:
    """On the monotonic clock."""
    return time.time() - time.monotonic()
