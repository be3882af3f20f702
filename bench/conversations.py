"""The list by conversations in folders of 1,000 and 50,000 messages: what it costs cold, warm, and after an arrival.

    python -m bench.conversations [DATA] [--rounds 40] [--sizes 1000,50000]

DATA is the folder of a running demo; without it one is started and thrown away. Each size has an account of its own,
since an exchange reaches over all folders of its account; exchanges have four messages. Then, each round
visiting all of them in turn:

- floor: SELECT, FETCH of the last 50 messages and the list of folders on an open connection, bytes unparsed;
- cold: `Session.exchanges` in a process that remembers nothing (five rounds only);
- warm: the same again, nothing having come;
- arrival: an answer was stored meanwhile;
- page: the whole list page over HTTPS through nginx, by conversations, and the same page flat.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import list as flat_list
from bench.storm import TOKEN, Browser

if TYPE_CHECKING:
    from vaguemestre.mailbox.imap.pool import Pool
    from vaguemestre.mailbox.values import MailboxId

ROWS, COLD = 50, 5


@dataclass
class Timed:
    floor: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    arrival: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    flat: list[float] = field(default_factory=list)
    trips: dict[str, int] = field(default_factory=dict)


@dataclass
class Seat:
    """One size: an account, its folder, its browser."""

    key: str
    folder: "MailboxId"
    wire: bytes
    browser: Browser
    number: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--sizes", default="1000,50000")
    options = parser.parse_args()
    with flat_list.demo_at(options.data) as data:
        os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
        import django

        django.setup()
        measure(data, [int(size) for size in options.sizes.split(",")], options.rounds)
    return 0


def measure(data: Path, sizes: list[int], rounds: int) -> None:
    import json

    from vaguemestre.webmail.connection import pool

    endpoints = json.loads((data / "endpoints.json").read_text())
    people = [one for one in endpoints["accounts"] if one["role"] == "teacher"]
    assert len(sizes) <= len(people), f"the demo has {len(people)} teachers: as many sizes at most"
    for size, one in zip(sizes, people, strict=False):
        _filled(pool(), _key(one), size)  # all of them before anybody signs in: it takes minutes
    seats = {size: _seat(pool(), endpoints, one, size) for size, one in zip(sizes, people, strict=False)}
    timed = {size: Timed() for size in sizes}
    for round_ in range(rounds):
        for size, seat in seats.items():
            _look(pool(), seat, timed[size], cold=round_ < COLD)
    _report(timed)


def _seat(pool: "Pool", endpoints: Any, person: Any, size: int) -> Seat:
    key = _key(person)
    folder, wire = _filled(pool, key, size)
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "the demo refuses its own staff"
    return Seat(key, folder, wire, browser, size)


def _key(person: Any) -> str:
    from vaguemestre.accounts.models import Account

    return str(Account.objects.get(identifier=person["identifier"]).key)


def _filled(pool: "Pool", key: str, size: int) -> "tuple[MailboxId, bytes]":
    from vaguemestre.mailbox.values import FolderName

    name = FolderName(f"Fils {size}")
    with pool.session(key) as session:
        known = next((folder for folder in session.folders() if folder.name == name), None)
        folder = known or session.create(name)
        began = time.monotonic()
        for start in range(folder.total, size, flat_list.BATCH):
            parts = b"".join(
                b" {%d+}\r\n%s" % (len(raw), raw)
                for raw in map(answering, range(start, min(start + flat_list.BATCH, size)))
            )
            answer = session._link.connection.round_trip([b'APPEND "%s"%s' % (name.wire, parts)])
            assert answer.statuses[0].ok, answer.statuses[0].text
        print(f"{size} messages: {time.monotonic() - began:.0f} s to fill", file=sys.stderr, flush=True)
        session.folders()
    assert folder.id is not None
    return folder.id, name.wire


def answering(number: int) -> bytes:
    """Exchanges of four messages, a hundred of them going on at a time."""
    raw, first = flat_list.message(number), number - number % 400 + number % 100
    if number == first:
        return raw
    return raw.replace(b"MIME-Version", b"References: <mesure%d@librairie.example>\r\nMIME-Version" % first, 1)


def _look(pool: "Pool", seat: Seat, timed: Timed, *, cold: bool) -> None:
    from vaguemestre.mailbox.imap.account_cache import AccountCache

    with pool.session(seat.key) as session:
        link = session._link
        total = next(one.total for one in session.folders() if one.id == seat.folder)
        timed.floor.append(flat_list.timing(lambda: flat_list.raw(link.connection, seat.wire, total)))
        kept = link.memory
        if cold:
            link.memory = AccountCache()
            link.memory.learn_directory(seat.key, kept.directory(seat.key) or link.refresh())
            timed.cold.append(_counted(session, seat, timed, "cold"))
            link.memory = kept
        session.exchanges(seat.folder, count=ROWS)
        timed.warm.append(_counted(session, seat, timed, "warm"))
        session.append(seat.folder, answering(seat.number + 1))
        seat.number += 2
        timed.arrival.append(_counted(session, seat, timed, "arrival"))
    path = f"/webmail/dossiers/{seat.folder}/"
    for times, mode in ((timed.flat, "messages"), (timed.page, "conversations")):
        _arrange(seat.browser, path, mode)
        for _ in range(8):  # two processes: each has looked before
            flat_list.http(seat.browser, path)
        times.append(flat_list.timing(lambda: flat_list.http(seat.browser, path)))


def _arrange(browser: Browser, path: str, mode: str) -> None:
    _status, page = browser.ask("GET", path)
    found = TOKEN.search(page)
    assert found, "no form on the list"
    form = {"csrfmiddlewaretoken": found[1].decode(), "liste": mode, "retour": path}
    assert browser.ask("POST", "/webmail/reglages/lecture/", form)[0] == 302


def _counted(session: Any, seat: Seat, timed: Timed, name: str) -> float:
    before = session.round_trips
    seconds = flat_list.timing(lambda: session.exchanges(seat.folder, count=ROWS))
    timed.trips[name] = session.round_trips - before
    return seconds


def _report(timed: dict[int, Timed]) -> None:
    print("| messages | floor | cold | warm | after an arrival | page, conversations | page, flat | exchanges |")
    print("|---|---|---|---|---|---|---|---|")
    for size, one in timed.items():
        times = " | ".join(
            f"{median(some):.1f} ms" for some in (one.floor, one.cold, one.warm, one.arrival, one.page, one.flat)
        )
        trips = ", ".join(f"{name} {count}" for name, count in one.trips.items())
        print(f"| {size:,} | {times} | {trips} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
