"""`bin/ci`: every check in turn, cheapest first. The first that fails ends it, with its name."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.launcher import catalogues, locks, second_look
from vaguemestre.launcher.supervision import CHECKOUT

TEMPLATES = "vaguemestre"
BINARIES = Path(sys.executable).parent
UNITS = ("-m", "not browser", "--durations=30")  # which tests make everybody wait
STORIES = ("-m", "browser", "--durations=30")
POSTGRESQL = ("--database", "postgresql")


@dataclass(frozen=True)
class Check:
    title: str
    verify: Callable[[], list[str]]  # what is wrong; nothing when all is well


def run(arguments: Sequence[str]) -> int:
    wanted = [check for check in checks() if not arguments or any(word in check.title for word in arguments)]
    begun = time.monotonic()
    for number, check in enumerate(wanted, start=1):
        print(f"\n[{number}/{len(wanted)}] {check.title}", flush=True)
        started = time.monotonic()
        if wrong := check.verify():
            print("\n".join(wrong))
            print(f"\nFAILED: {check.title}", flush=True)
            return 1
        print(f"      {time.monotonic() - started:.1f} s", flush=True)
    print(f"\nAll {len(wanted)} checks passed in {(time.monotonic() - begun) / 60:.1f} minutes.")
    return 0


def checks() -> list[Check]:
    return [
        Check("format", _command("ruff", "format", "--check", ".")),
        Check("lint", _command("ruff", "check", ".")),
        Check("shell syntax", lambda: [line for script in _scripts() for line in _result(["sh", "-n", str(script)])]),
        Check("templates", _command("djlint", "--lint", TEMPLATES)),
        Check("browser code's types", _node("client/node_modules/.bin/tsc", "--noEmit", "-p", "client")),
        Check("browser code's tests", _node("--test", "client/**/*.test.ts")),
        Check("types", _command("mypy", "--strict")),
        Check("import arrows", _command("lint-imports")),
        Check("translations complete", catalogues.wrong),
        Check("migrations complete", _manage("makemigrations", "--check", "--dry-run")),
        Check("settings fit for production", _manage("check", "--fail-level", "WARNING")),
        Check("lock files name no host", locks.wrong),
        Check("tests on SQLite and PostgreSQL", _side_by_side(UNITS, [*POSTGRESQL, *UNITS])),
        Check("stories in a browser", _tests(*STORIES)),
        Check("stories in a browser on PostgreSQL", _tests(*POSTGRESQL, "-m", "smoke")),
    ]  # fmt: skip


def _scripts() -> list[Path]:
    return [path for path in sorted((CHECKOUT / "bin").iterdir()) if path.is_file()]


def _command(name: str, *arguments: str) -> Callable[[], list[str]]:
    return lambda: _result([str(BINARIES / name), *arguments])


def _node(*arguments: str) -> Callable[[], list[str]]:
    return lambda: _result([str(BINARIES / "node"), *arguments])


def _manage(*arguments: str) -> Callable[[], list[str]]:
    return lambda: _result([sys.executable, "-P", "-m", "vaguemestre", *arguments])


def _result(command: Sequence[str]) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if name != "VAGUEMESTRE_DATA"}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return (done.stdout.strip() or f"{command[0]}: {done.returncode}").splitlines() if done.returncode else []


def _tests(*options: str) -> Callable[[], list[str]]:
    """Shown as they run: minutes of silence look like a hang."""

    def verify() -> list[str]:
        with tempfile.TemporaryDirectory(prefix="vaguemestre-ci-") as memory:
            run = second_look.noting(["bin/test", *options], Path(memory))
            code = subprocess.call(run, cwd=CHECKOUT, stdin=subprocess.DEVNULL)
            return second_look.look(run, Path(memory), code)

    return verify


def _side_by_side(shown: Sequence[str], kept: Sequence[str]) -> Callable[[], list[str]]:
    """Each waits for its servers half of the time. The first is shown as it runs, the second when both have ended: a
    failure of one does not hide those of the other."""

    def verify() -> list[str]:
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output,
            tempfile.TemporaryDirectory(prefix="vaguemestre-ci-") as memory,
        ):
            run = second_look.noting(["bin/test", *kept], Path(memory))
            beside = subprocess.Popen(
                run, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            wrong = _tests(*shown)()
            code = beside.wait()
            output.seek(0)
            print(f"\n{' '.join(run)}\n{output.read()}", flush=True)
            return [*wrong, *second_look.look(run, Path(memory), code)]

    return verify
