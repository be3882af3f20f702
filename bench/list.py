"""The list of 50 rows in folders of 1,000, 50,000 and 200,000 messages: the same time, whatever the size.

    python -m bench.list [DATA] [--rounds 60] [--sizes 1000,50000,200000]

DATA is the folder of a running demo; without it one is started and thrown away. The folders are filled through IMAP
once (some minutes for the largest). Then, each round visiting all folders in turn, so that other work on the machine
weighs on all alike:

- floor: one write of SELECT and FETCH of the last 50 messages on an open connection, bytes read to the end, unparsed;
- first look: `Session.page` on an open connection with nothing remembered, 50 rows parsed;
- again: `Session.page` with its rows remembered, flags asked for;
- page: the whole list page over HTTPS through nginx, from the request to its last byte.
"""

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.storm import Browser

if TYPE_CHECKING:
    from vaguemestre.mailbox.imap.pool import Pool
    from vaguemestre.mailbox.values import MailboxId

ROWS = 50
BATCH = 200  # messages of one MULTIAPPEND
WORDS = (
    "réunion", "conseil", "classe", "rentrée", "sixième", "emploi", "temps", "notes", "sortie", "parents", "salle",
    "mutation", "congé", "projet", "élèves",
)  # fmt: skip


@dataclass
class Timed:
    floor: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    trips: set[int] = field(default_factory=set)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--sizes", default="1000,50000,200000")
    options = parser.parse_args()
    with demo_at(options.data) as data:
        os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
        import django

        django.setup()
        measure(data, [int(size) for size in options.sizes.split(",")], options.rounds)
    return 0


@contextlib.contextmanager
def demo_at(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    from vaguemestre.launcher.testing import running_demo

    with running_demo() as demo:
        yield demo.data


def measure(data: Path, sizes: list[int], rounds: int) -> None:
    from vaguemestre.accounts.models import Account

    endpoints = json.loads((data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    key = Account.objects.get(identifier=person["identifier"]).key
    pool = _pool()
    folders = {size: _filled(pool, key, size) for size in sizes}
    with pool.session(key) as session:
        session.quota()
        session.folders()  # what was remembered of them dates from before they were filled
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "the demo refuses its own teacher"
    timed = {size: Timed() for size in sizes}
    for round_ in range(rounds + 5):
        for size, folder in folders.items():
            _look(pool, key, browser, folder, timed[size], counted=round_ >= 5)
    _report(timed)


def _pool() -> "Pool":
    from vaguemestre.webmail.connection import pool

    return pool()


def _filled(pool: "Pool", key: str, size: int) -> "MailboxId":
    from vaguemestre.mailbox.values import FolderName

    name = FolderName(f"Mesure {size}")
    with pool.session(key) as session:
        known = next((folder for folder in session.folders() if folder.name == name), None)
        folder = known or session.create(name)
        connection = session._link.connection
        began = time.monotonic()
        for start in range(folder.total, size, BATCH):
            messages = [message(number) for number in range(start, min(start + BATCH, size))]
            parts = b"".join(b" {%d+}\r\n%s" % (len(raw), raw) for raw in messages)
            answer = connection.round_trip([b'APPEND "%s"%s' % (name.wire, parts)])
            assert answer.statuses[0].ok, answer.statuses[0].text
        print(f"{size} messages: {time.monotonic() - began:.0f} s to fill", file=sys.stderr, flush=True)
    assert folder.id is not None
    return folder.id


def message(number: int) -> bytes:
    """A short letter; one in five has an attachment."""
    some = [WORDS[(number * step + step) % len(WORDS)] for step in (3, 5, 7, 11)]
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    text = f"Bonjour,\r\n\r\n{' '.join(some)} numéro {number}.\r\n\r\nCordialement,\r\nAnne\r\n"
    head = (
        f"From: =?utf-8?Q?Anne_Lef=C3=A8vre_{number % 97}?= <anne{number % 97}@librairie.example>\r\n"
        f"To: Mathilde <mathilde.lefevre@ac-amiens.fr>, Karim <karim.belkacem@ac-amiens.fr>\r\n"
        f"Subject: =?utf-8?Q?{'_'.join(some).encode().hex('=', 1).upper().join(('=', ''))}?=\r\n"
        f"Date: {moment:%a, %d %b %Y %H:%M:%S +0000}\r\nMessage-ID: <mesure{number}@librairie.example>\r\n"
        "MIME-Version: 1.0\r\n"
    )
    plain = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
    if number % 5:
        return (head + plain).encode()
    file = 'Content-Type: application/pdf; name="note.pdf"\r\nContent-Disposition: attachment\r\n\r\n%PDF-1.4\r\n'
    mixed = f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{plain}\r\n--b\r\n{file}--b--\r\n"
    return (head + mixed).encode()


def _look(pool: "Pool", key: str, browser: Browser, folder: "MailboxId", timed: Timed, *, counted: bool) -> None:
    from django.urls import reverse

    from vaguemestre.mailbox.imap.account_cache import AccountCache

    with pool.session(key) as session:
        link = session._link
        known = link.directory().find(folder)
        remembered = link.memory
        floor = timing(lambda: raw(link.connection, known.wire, known.folder.total))
        link.memory = AccountCache()
        link.memory.learn_directory(key, remembered.directory(key) or link.refresh())
        before = session.round_trips
        first = timing(lambda: session.page(folder, count=ROWS))
        middle = session.round_trips
        again = timing(lambda: session.page(folder, count=ROWS))
        trips = {middle - before, session.round_trips - middle}
        link.memory = remembered
    page = timing(lambda: http(browser, reverse("webmail:folder", args=[folder])))
    if counted:
        for times, seconds in ((timed.floor, floor), (timed.first, first), (timed.again, again), (timed.page, page)):
            times.append(seconds)
        timed.trips |= trips


def raw(connection: Any, wire: bytes, total: int) -> None:
    """The same rows as bytes: what no client can do without."""
    from vaguemestre.mailbox.imap.fetch_rows import WHOLE_ROW

    low = max(1, total - ROWS + 1)
    connection._socket.sendall(b'r1 SELECT "%s"\r\nr2 FETCH %d:%d %s\r\n' % (wire, low, total, WHOLE_ROW))
    data = b""
    while b"\r\nr2 " not in data or not data.endswith(b"\r\n"):
        data += connection._socket.recv(1 << 20)


def http(browser: Browser, path: str) -> None:
    status, body = browser.ask("GET", path)
    assert status == 200, f"{path}: {status}"
    assert body.count(b"<li") >= ROWS, "not a list of 50"


def timing(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _report(timed: dict[int, Timed]) -> None:
    print("| messages | floor | first look | again | page over HTTPS | page above floor | exchanges |")
    print("|---|---|---|---|---|---|---|")
    for size, one in timed.items():
        times = " | ".join(f"{median(some):.2f} ms" for some in (one.floor, one.first, one.again, one.page))
        above = median(page - floor for page, floor in zip(one.page, one.floor, strict=True))
        print(f"| {size:,} | {times} | {above:.1f} ms | {', '.join(map(str, sorted(one.trips)))} |")
    small, large = timed[min(timed)], timed[max(timed)]
    for name in ("floor", "first", "again", "page"):
        ratio = median(getattr(large, name)) / median(getattr(small, name))
        print(f"{name}: {ratio:.2f} times from the smallest to the largest", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
