"""`bin/ci`: every check, cheapest first, then the tests. At the end it lists each that failed, with the command that
mends it. `--slow`: the proofs that take many minutes, and nothing else."""

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools import catalogues, house_picture, lock_files, second_look
from vaguemestre.launcher.checkout import CHECKOUT

TEMPLATES = "vaguemestre"
BINARIES = Path(sys.executable).parent
SLOWEST = "--durations=30"  # which tests make everybody wait
STORIES = ("bin/test", "e2e")  # all of them lie there
TESTS = ("nice", "bin/test")  # stories have what they need of the machine first: a browser that starves is no fault
POSTGRESQL = ("--database", "postgresql")
CHOSEN = "{chosen}"  # a file: of the tests on SQLite, those that say something new on PostgreSQL
UNIT = "not browser and not slow"
# No table is theirs, or they say nothing new of one; so the two lanes are of one length.
APART = ("vaguemestre/mailbox", "vaguemestre/launcher", "vaguemestre/backup/tests/test_backup_run.py")
# Two lanes, one run after the other in each. See docs/decisions/pace.md.
LONG = (
    (
        (*TESTS, "-m", UNIT, SLOWEST, *(f"--ignore={room}" for room in APART), f"--note-statements={CHOSEN}"),
        (*TESTS, *POSTGRESQL, SLOWEST, f"@{CHOSEN}"),
    ),
    (
        (*STORIES, "-m", "browser and not slow", SLOWEST),
        (*STORIES, *POSTGRESQL, "-m", "smoke and not slow"),
        (*TESTS, "-m", UNIT, SLOWEST, *APART),
    ),
)
# What meets no table says nothing new there; nor does the same statement with another value (`--one-case`).
TABLES = (*POSTGRESQL, "-m", f"database and {UNIT}", "--one-case", SLOWEST)
LONG_PROOFS = (((*TESTS, "-m", "slow", SLOWEST), (*TESTS, *TABLES)),)
SLOW = "--slow"
AT_ONCE = 2  # checks; each leaves a part of a core to the other


@dataclass(frozen=True)
class Check:
    title: str
    verify: Callable[[], list[str]]  # what is wrong; nothing when all is well
    mend: str = ""  # the command that does it
    alone: bool = False  # it has all places, and is heard while it runs


def run(arguments: Sequence[str]) -> int:
    words = [word for word in arguments if word != SLOW]
    offered = proofs() if SLOW in arguments else checks()
    wanted = [check for check in offered if not words or any(word in check.title for word in words)]
    begun, failed = time.monotonic(), list[Check]()
    for number, (check, wrong, seconds) in enumerate(_verified(wanted), start=1):
        print(f"[{number}/{len(wanted)}] {check.title}: {seconds:.1f} s", flush=True)
        if wrong:
            print("\n".join((*wrong, f"FAILED: {check.title}")), flush=True)
            failed.append(check)
    for check in failed:
        print(f"\nFAILED: {check.title}{f'. To mend it: {check.mend}' if check.mend else ''}", flush=True)
    if failed:
        return 1
    print(f"\nAll {len(wanted)} checks passed in {(time.monotonic() - begun) / 60:.1f} minutes.")
    return 0


def _verified(wanted: Sequence[Check]) -> Iterator[tuple[Check, list[str], float]]:
    """In their order: first those that share the places, then each of the others."""
    with ThreadPoolExecutor(AT_ONCE) as places:
        yield from places.map(_verify, [check for check in wanted if not check.alone])
    for check in wanted:
        if check.alone:
            print(f"\n{check.title}", flush=True)
            yield _verify(check)


def _verify(check: Check) -> tuple[Check, list[str], float]:
    started = time.monotonic()
    return check, check.verify(), time.monotonic() - started


def checks() -> list[Check]:
    return [
        Check("format", _command("ruff", "format", "--check", "."), mend=".venv/bin/ruff format ."),
        Check("lint", _command("ruff", "check", "."), mend=".venv/bin/ruff check --fix ."),
        Check("shell syntax", lambda: [line for script in _scripts() for line in _result(["sh", "-n", str(script)])]),
        Check("templates", _command("djlint", "--lint", TEMPLATES)),
        Check("browser code's types", _node("client/node_modules/.bin/tsc", "--noEmit", "-p", "client")),
        Check("browser code's tests", _node("client/all-tests.mjs")),
        Check("types", _command("mypy", "--strict")),
        Check("import arrows", _command("lint-imports")),
        Check("picture of the house", house_picture.wrong, mend="bin/house"),
        Check("translations complete", catalogues.wrong, mend="bin/messages ROOM, then its django.po"),
        Check(
            "migrations complete",
            _manage("makemigrations", "--check", "--dry-run"),
            mend=".venv/bin/python -P -m vaguemestre makemigrations",
        ),
        Check("settings fit for production", _manage("settings_check", "--fail-level", "WARNING")),
        Check("lock files name no host", lock_files.wrong),
        Check("tests on SQLite and PostgreSQL, stories in a browser on both", lambda: run_tests(LONG), alone=True),
    ]


def proofs() -> list[Check]:
    return [
        Check(
            "long tests and stories, all that meets a table on PostgreSQL", lambda: run_tests(LONG_PROOFS), alone=True
        ),
        Check("shared mailboxes without their guards", _proof("proofs.shared_mailboxes"), alone=True),
        Check("an hour of mixed traffic", _proof("proofs.mixed_traffic"), alone=True),
        Check("systemd, in a bare Debian", _proof("proofs.systemd"), alone=True),
        Check("package, in a bare Debian", _proof("proofs.package"), alone=True),
    ]


def _proof(module: str) -> Callable[[], list[str]]:
    """Says by itself what it does: minutes of silence look like a hang."""
    command = [sys.executable, "-P", "-m", module]
    return lambda: [module] if subprocess.call(command, cwd=CHECKOUT, stdin=subprocess.DEVNULL) else []


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


def run_tests(lanes: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """All lanes at once, the runs of each one after the other. The first run is shown as it goes (minutes of silence
    look like a hang), the others when all have ended: a failure of one does not hide those of another. Only then, in
    quiet, what failed runs once more."""
    with tempfile.TemporaryDirectory(prefix="vaguemestre-ci-") as folder, ThreadPoolExecutor(len(lanes)) as places:
        numbers = itertools.count()
        made = [[_Run(Path(folder), next(numbers), call) for call in lane] for lane in lanes]
        list(places.map(lambda lane: [run.go() for run in lane], made))
        runs = [run for lane in made for run in lane]
        for run in runs:
            run.tell()
        wrong = [line for run in runs for line in run.look()]
        print(f"\nRuns that needed a second look: {sum(run.failed for run in runs)} of {len(runs)}", flush=True)
        return wrong


class _Run:
    def __init__(self, together: Path, number: int, call: Sequence[str]) -> None:
        folder = together / str(number)
        folder.mkdir()
        self._memory, self._output = folder / "memory", folder / "output" if number else None
        words = [word.replace(CHOSEN, str(together / "chosen")) for word in call]
        self._run = second_look.noting(words, self._memory)
        self._code = 1

    def go(self) -> None:
        begun, words = time.monotonic(), " ".join(self._run)
        print(f"\n      begun: {words}", flush=True)
        with self._output.open("wb") if self._output else contextlib.nullcontext() as output:
            self._code = subprocess.call(
                self._run, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=output and subprocess.STDOUT
            )
        print(f"\n      ended after {(time.monotonic() - begun) / 60:.1f} minutes: {words}", flush=True)

    def tell(self) -> None:
        if self._output:
            print(f"\n{' '.join(self._run)}\n{self._output.read_text('utf-8', 'replace')}", flush=True)

    @property
    def failed(self) -> bool:
        return self._code != 0

    def look(self) -> list[str]:
        return second_look.look(self._run, self._memory, self._code)
