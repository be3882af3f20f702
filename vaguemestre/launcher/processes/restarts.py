"""A program that cannot start is tried again for ever, but less and less often.

`DATA/supervision/<program>` says how often in a row it has failed, and when it was started last; `web.restarts` reads
it. The supervisor passes here by `program_start`, systemd by `python -m …restarts PROGRAM`. The first start that lets
mail in after an upgrade is noted.
"""

import logging
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from vaguemestre.launcher.data_folder import upgrade_record
from vaguemestre.web.restarts import FOLDER, WELL_SECONDS, read_restart

LONGEST_SECONDS = 60

logger = logging.getLogger("restarts")  # it is a program of its own as well


def wait_turn(data: Path, program: str) -> None:
    """Returns at once when it ran well before, or has not run."""
    upgrade_record.note_start(data, program)
    now = time.time()
    failures = failures_before(data, program, now)
    delay = min(2 ** (failures - 1), LONGEST_SECONDS) if failures else 0
    with suppress(OSError):  # a full disk: it starts all the same
        _file(data, program).write_text(f"{failures} {now + delay}\n")
        _file(data, program).chmod(0o644)  # the web reads it
    if failures:
        logger.warning("%s ended soon after its start, failure %s in a row: again in %s s", program, failures, delay)
        time.sleep(delay)


def failures_before(data: Path, program: str, now: float) -> int:
    """A start in the future is one that was called off while it waited: whoever did so has a reason to try now."""
    last = read_restart(_file(data, program))
    return last.failures + 1 if last and 0 <= now - last.started_at < WELL_SECONDS else 0


def forget(data: Path, program: str) -> None:
    _file(data, program).unlink(missing_ok=True)


def _file(data: Path, program: str) -> Path:
    return data / FOLDER / program


if __name__ == "__main__":
    wait_turn(Path(os.environ["VAGUEMESTRE_DATA"]), sys.argv[1])
