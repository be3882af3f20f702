"""What an installation of so many people takes: memory of all programs at rest, and disk.

    python -m bench.capacity DATA [--counts 1000 10000 40000] [--messages 200] [--only-sessions]

DATA is the folder of a running installation in mode "production" on which nobody is: feeds of the whole authority are
imported, each larger than the one before. After the first one the passwords of its letters are made, to see what these
add; then the process of tasks is held, because some ten milliseconds a password would be half an hour of processor.
Memory is each process's own share of what it shares (PSS). Mail is measured on the first mailboxes: what one takes
before its first message, and what each message adds beside itself. Last, IMAP sessions are opened, each of another
account, in its inbox. `--only-sessions` does this alone.
"""

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from bench.feed import DATED, make
from bench.list import message
from bench.processes import memory_mb
from vaguemestre.launcher.process_table import processes
from vaguemestre.launcher.processes.leftovers import supervisor_of

MAILBOXES, FILLED, SESSIONS = 50, 2, 200
REST_SECONDS = 30
MIB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--counts", type=int, nargs="+", default=[1000, 10_000, 40_000])
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--only-sessions", action="store_true")
    options = parser.parse_args()
    data = options.data.absolute()
    if not options.only_sessions:
        _measure_people(data, options.counts)
        _measure_mail(data, options.messages)
    _measure_sessions(data)


def _measure_people(data: Path, counts: Sequence[int]) -> None:
    print("| people | memory of all programs | database | projected file | import: processor |")
    print("|---|---|---|---|---|")
    _row(data, "0", 0.0)
    first, *others = counts
    _row(data, f"{first:,}", _imported(data, first, 0))
    _wait_until_sealed(data)
    _row(data, f"{first:,}, passwords made", 0.0)
    with _tasks_held(data):
        for day, count in enumerate(others, 1):
            _row(data, f"{count:,}", _imported(data, count, day))


def _row(data: Path, title: str, processor: float) -> None:
    time.sleep(REST_SECONDS)
    db = data / "db"
    with sqlite3.connect(db / "vaguemestre.sqlite3", timeout=600) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sizes = [(db / name).stat().st_size / MIB for name in ("vaguemestre.sqlite3", "mail.sqlite3")]
    memory = memory_mb(_programs(data))
    print(f"| {title} | {memory:,.0f} MB | {sizes[0]:,.1f} MB | {sizes[1]:,.1f} MB | {processor:.0f} s |", flush=True)


def _programs(data: Path) -> list[int]:
    """The supervisor and all that it has started."""
    supervisor = supervisor_of(data)
    children: dict[int, list[int]] = {}
    for process in processes():
        children.setdefault(process.parent, []).append(process.pid)
    found = [supervisor] if supervisor else []
    for pid in found:
        found += children.get(pid, [])
    return found


def _imported(data: Path, count: int, day: int) -> float:
    with tempfile.TemporaryDirectory(prefix="vaguemestre-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        file = folder / "feed.csv"
        make(file, count=count, dated=DATED + timedelta(days=day))
        environment = os.environ | {"VAGUEMESTRE_DATA": str(data)}
        command = [sys.executable, "-m", "vaguemestre.launcher", "command", "people", "import", str(file)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(process.pid, 0)
    if (ended := os.waitstatus_to_exitcode(status)) not in (0, 3):
        raise SystemExit(f"the import of {count} ended with {ended}")
    return usage.ru_utime + usage.ru_stime


def _wait_until_sealed(data: Path) -> None:
    while True:
        with sqlite3.connect(data / "db" / "vaguemestre.sqlite3", timeout=600) as connection:
            (waiting,) = connection.execute("SELECT count(*) FROM letters_letter WHERE state = 'prepared'").fetchone()
        if not waiting:
            return
        time.sleep(5)


@contextmanager
def _tasks_held(data: Path) -> Iterator[None]:
    held = [pid for pid in _programs(data) if "vaguemestre tasks" in _command(pid)]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _measure_mail(data: Path, count: int) -> None:
    keys = _keys(data, MAILBOXES)
    for key in keys:
        _doveadm(data, "mailbox", "status", "-u", key, "messages", "INBOX")
    empty = _disk(data / "mail") / len(keys)
    print(f"\na mailbox without mail: {empty / 1024:.0f} KB", flush=True)
    sent = 0
    for key in keys[:FILLED]:
        for number in range(count):
            content = message(number)
            sent += len(content)
            _doveadm(data, "save", "-u", key, "-m", "INBOX", content=content)
        _doveadm(data, "index", "-u", key, "INBOX")
    total = count * FILLED
    index = sum(_disk(path) for path in (data / "mail").rglob("fts-flatcurve"))
    added = _disk(data / "mail") - empty * len(keys)
    each, words, size = (octets / total / 1024 for octets in (added, index, sent))
    print(f"{total:,} messages of {size:.1f} KB: each takes {each:.1f} KB on the disk, full-text index {words:.1f} KB")


def _measure_sessions(data: Path) -> None:
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    from vaguemestre.mailbox.imap.pool import Pool
    from vaguemestre.webmail.connection import access_token, reading_endpoint

    keys = _keys(data, SESSIONS)
    with sqlite3.connect(data / "db" / "mail.sqlite3", timeout=600) as connection:  # as if they had chosen a password
        connection.executemany("UPDATE mail_account SET own_password = 1 WHERE key = ?", [(key,) for key in keys])
    before = memory_mb(_programs(data))
    with ExitStack() as stack:
        for key in keys:
            session = stack.enter_context(Pool(reading_endpoint(), access_token).session(key))
            session.folders()
        time.sleep(REST_SECONDS)
        each = (memory_mb(_programs(data)) - before) / SESSIONS
    print(f"{SESSIONS} IMAP sessions: {each:.1f} MB each", flush=True)


def _keys(data: Path, count: int) -> list[str]:
    with sqlite3.connect(data / "db" / "mail.sqlite3") as connection:
        query = "SELECT key FROM mail_account WHERE shut IS NULL ORDER BY key LIMIT ?"
        return [key for (key,) in connection.execute(query, (count,))]


def _doveadm(data: Path, *arguments: str, content: bytes | None = None) -> None:
    command = ["doveadm", "-c", str(data / "engine" / "dovecot" / "dovecot.conf"), *arguments]
    subprocess.run(command, input=content, check=True, stdout=subprocess.DEVNULL)


def _disk(folder: Path) -> int:
    """As `du` counts: blocks."""
    return sum(path.lstat().st_blocks * 512 for path in (folder, *folder.rglob("*")))


if __name__ == "__main__":
    main()
