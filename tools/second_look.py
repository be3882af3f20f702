"""What failed in a long run of tests runs once more, alone. See docs/decisions/second-look.md."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from vaguemestre.launcher.checkout import CHECKOUT

MOST = 5  # so many may waver in a run; where more failed, something is broken
SOME_FAILED = 1  # pytest's code: the run came to its end
AGAIN = ("--last-failed", "--last-failed-no-failures", "none")


def noting(call: Sequence[str], memory: Path) -> list[str]:
    """That call of pytest, or of `bin/test`, with a folder in which it notes what failed."""
    return [*call, "-o", f"cache_dir={memory}"]


def look(run: Sequence[str], memory: Path, code: int) -> list[str]:
    """What is wrong after a run (of `noting`) that ended with this code: nothing where all passed, then or now."""
    if not code:
        return []
    failed = _noted(memory) if code == SOME_FAILED else []
    if not 0 < len(failed) <= MOST:
        return [f"{' '.join(run)}: {code}"]
    print(f"\nA second look at what failed: {', '.join(failed)}", flush=True)
    again = subprocess.call(_alone(run, failed), cwd=CHECKOUT, stdin=subprocess.DEVNULL)
    if again:
        return [f"{' '.join(run)}: {code}, and again alone: {again}"]
    print("\n".join(f"WAVERS (failed, then passed alone): {test}" for test in failed), flush=True)
    return []


def _alone(run: Sequence[str], failed: Sequence[str]) -> list[str]:
    """Where a file names the tests (`@file`), pytest misses those of them that `--last-failed` leaves out."""
    places = [word for word in run if not word.startswith("@")]
    return [*run, *AGAIN] if len(places) == len(run) else [*places, *failed]


def _noted(memory: Path) -> list[str]:
    file = memory / "v" / "cache" / "lastfailed"
    return sorted(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else []
