"""Lists, messages opened and refreshes together, from 32 sessions; the same on Debian's Roundcube over the same store.

    python -m bench.mix DATA [--sessions 32] [--seconds 20] [--rounds 4] [--messages 1000] [--alone]

DATA is the folder of a running demo, without the folders that other benches have filled there: their letters would
join the same conversations. Both are measured in turn, a round each, so that a machine that becomes slower is
so for both; the ratio is that of each pair, at the median. Each session asks as fast as it is answered: the list of a
folder, one of its fifty first messages, the refresh of an open page, in turn. The client is on the same two cores.
Processor time is that of the web processes alone (for Roundcube: of PHP). `--alone` leaves Roundcube out.
"""

import argparse
import gzip
import itertools
import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import roundcube
from bench.opening import state
from bench.processes import matching, memory_mb, processor_seconds
from bench.storm import Browser
from bench.wire import Wire

ROLES = ("teacher", "school-head", "hr-officer")
FOLDER = "Mesure {}"

type Ask = Callable[[], tuple[int, bytes]]


@dataclass
class Told:
    """What one kind of request cost those who asked."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0


@dataclass
class Run:
    title: str
    kinds: dict[str, Told] = field(default_factory=lambda: {kind: Told() for kind in ("list", "open", "refresh")})
    during: float = 0
    processor: float = 0
    memory: float = 0

    @property
    def count(self) -> int:
        return sum(len(told.seconds) for told in self.kinds.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sessions", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    people = _people(endpoints, options.messages)
    with ExitStack() as serving:
        sides = [_ours(endpoints, options, people)]
        if not options.alone:
            origin = serving.enter_context(roundcube.serving(endpoints, options.data))
            sides.append(_theirs(endpoints, options, people, origin))
        rounds = [[_run(side, options.seconds / options.rounds) for side in sides] for _round in range(options.rounds)]
    _report(rounds, options.sessions)


@dataclass(frozen=True)
class Person:
    key: str
    identifier: str
    password: str
    folder: str
    name: str
    uids: list[int]


def _people(endpoints: dict[str, Any], messages: int) -> list[Person]:
    """Those of the demo who sign in with a password alone, each with a folder of so many messages."""
    from bench.list import _filled
    from vaguemestre.accounts.models import Account
    from vaguemestre.webmail.connection import pool

    found = []
    for account in (one for one in endpoints["accounts"] if one["role"] in ROLES):
        key = Account.objects.get(identifier=account["identifier"]).key
        folder = _filled(pool(), key, messages)
        with pool().session(key) as session:
            session.folders()
            uids = [int(row.uid) for row in session.page(folder, count=50).rows]
        found.append(Person(key, account["identifier"], account["password"], folder, FOLDER.format(messages), uids))
    return found


@dataclass(frozen=True)
class Side:
    title: str
    processes: list[int]
    sessions: list[dict[str, Ask]]


def _ours(endpoints: dict[str, Any], options: argparse.Namespace, people: list[Person]) -> Side:
    def asks(person: Person) -> dict[str, Ask]:
        browser = Browser(endpoints)
        assert browser.sign_in(person.identifier, person.password) == 302, "not signed in"
        wire = Wire(endpoints["web"], endpoints["ca"], browser.cookies)
        place = f"/webmail/dossiers/{person.folder}/"
        planes = {"HX-Request": "true", "HX-Target": "div#bureau", "HX-Boosted": "true"}
        again = {"HX-Request": "true", "HX-Target": "section#liste", "X-Background-Refresh": "1"}
        again["X-Etat"] = state(browser.ask("GET", place)[1])

        def refresh() -> tuple[int, bytes]:
            """As an open page: what it was given is what it says next time."""
            status, page = wire.ask("GET", place, again)
            if status == 200:
                again["X-Etat"] = state(gzip.decompress(page))
            return status, page

        return {
            "list": lambda: wire.ask("GET", place, planes),
            "open": lambda: wire.ask(
                "GET", f"{place}{random.choice(person.uids)}/", {**planes, "X-Etat": again["X-Etat"]}
            ),
            "refresh": refresh,
        }

    web = matching("vaguemestre.wsgi", f"{options.data}/run/web.sock")
    return _side("Vaguemestre", web, asks, options, people)


def _theirs(endpoints: dict[str, Any], options: argparse.Namespace, people: list[Person], origin: str) -> Side:
    def asks(person: Person) -> dict[str, Ask]:
        wire, word = roundcube.session(origin, endpoints["ca"], person.key)
        head = {"X-Roundcube-Request": word, "X-Requested-With": "XMLHttpRequest"}
        form = head | {"Content-Type": "application/x-www-form-urlencoded"}
        box = person.name.replace(" ", "+")
        listing = f"/?_task=mail&_action=list&_mbox={box}&_refresh=1&_remote=1&_unlock=0"
        again = f"_mbox={box}&_list=1&_quota=1&_remote=1&_unlock=0".encode()
        shown = f"/?_task=mail&_mbox={box}&_framed=1&_action=preview&_uid="
        return {
            "list": lambda: wire.ask("GET", listing, head),
            "open": lambda: wire.ask("GET", f"{shown}{random.choice(person.uids)}"),
            "refresh": lambda: wire.ask("POST", "/?_task=mail&_action=refresh", form, again),
        }

    return _side("Roundcube", matching("php-fpm: pool roundcube"), asks, options, people)


def _side(
    title: str, processes: list[int], asks: Callable[[Person], dict[str, Ask]], options: argparse.Namespace,
    people: list[Person],
) -> Side:  # fmt: skip
    assert processes, f"no process of {title} found"
    sessions = [asks(person) for person in itertools.islice(itertools.cycle(people), options.sessions)]
    for session in sessions:  # warm: what is made once is not measured
        for ask in session.values():
            status, body = ask()
            assert status in {200, 204}, f"{title}: {status} {body[:200]!r}"
    return Side(title, processes, sessions)


def _run(side: Side, seconds: float) -> Run:
    run, processes = Run(side.title), side.processes
    before, began = processor_seconds(processes), time.monotonic()
    ends = began + seconds
    threads = [
        threading.Thread(target=_one, args=(run, session, turn, ends)) for turn, session in enumerate(side.sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.during, run.processor = time.monotonic() - began, processor_seconds(processes) - before
    run.memory = memory_mb(processes)
    return run


def _one(run: Run, asks: dict[str, Ask], turn: int, ends: float) -> None:
    kinds: Iterator[tuple[str, Ask]] = itertools.islice(itertools.cycle(asks.items()), turn % 3, None)
    for kind, ask in kinds:
        began = time.monotonic()
        if began >= ends:
            return
        status, _body = ask()
        told = run.kinds[kind]
        told.seconds.append(time.monotonic() - began)
        told.refused += status not in {200, 204}


def _report(rounds: list[list[Run]], sessions: int) -> None:
    print(f"{sessions} sessions, {len(rounds)} rounds in turn\n")
    print("| | requests a second | median | 95 % | list / open / refresh | refused | processor a request | memory |")
    print("|---|---|---|---|---|---|---|---|")
    for run in map(_whole, zip(*rounds, strict=True)):
        every = sorted(second for told in run.kinds.values() for second in told.seconds)
        each = " / ".join(f"{median(told.seconds) * 1000:.0f}" for told in run.kinds.values())
        print(
            f"| {run.title} | {run.count / run.during:.0f} | {median(every) * 1000:.0f} ms "
            f"| {every[int(len(every) * 0.95)] * 1000:.0f} ms | {each} ms "
            f"| {sum(told.refused for told in run.kinds.values())} "
            f"| {run.processor / run.count * 1000:.1f} ms | {run.memory:.0f} MB |"
        )
    if len(rounds[0]) > 1:
        ratios = sorted(ours.count / ours.during / (theirs.count / theirs.during) for ours, theirs in rounds)
        said = ", ".join(f"{ratio:.1f}" for ratio in ratios)
        print(f"\n{median(ratios):.1f} times Roundcube's requests a second ({said})")


def _whole(runs: Sequence[Run]) -> Run:
    whole = Run(runs[0].title)
    for run in runs:
        whole.during, whole.processor = whole.during + run.during, whole.processor + run.processor
        whole.memory = max(whole.memory, run.memory)
        for kind, told in run.kinds.items():
            whole.kinds[kind].seconds += told.seconds
            whole.kinds[kind].refused += told.refused
    return whole


if __name__ == "__main__":
    main()
