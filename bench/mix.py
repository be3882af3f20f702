"""Lists, messages opened and refreshes together, from 32 sessions; the same on Debian's Roundcube and SOGo.

    python -m bench.mix DATA [--people 250] [--sessions 32] [--seconds 40] [--rounds 4] [--peers roundcube,sogo]

DATA is the folder of a running demo, without the folders that other benches have filled there: their letters would
join the same conversations. All sides read the same mailboxes: ours through its own Dovecot, the peers through one that
asks nobody and speaks plain text on this machine (`bench.plain_imap`). Each has a round in turn, so that a machine that
becomes slower is so for all; the ratio is that of each round, at the median.

Without `--people` five of the demo are asked again and again, each session one of them, in a folder of `--messages`.
With it, that many are made, each with 60 letters that nobody has opened (one in ten is HTML of 20 KB); our web
processes are restarted; then they come in turn, whoever is next to whichever session is free: list, one letter not
opened before, refresh. The first time on a demo nobody's exchanges are known to us yet; later they are.

An act is all that a browser sends for it: opening is the page, its frames, and the request that marks it as read.
Beside them a view that only looks up who asks: the processor time of an act is told in its terms. Web: processes that
make pages; server: these, nginx, Dovecot, gate, events, caches. The client is on the same two cores.
"""

import argparse
import itertools
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import mail_users, plain_imap, product_side, roundcube, sogo
from bench.mail_users import Person
from bench.processes import memory_mb
from bench.webmail_side import WELL, Side, Visitor, spending, web_and_imap
from bench.wire import Wire

KINDS = ("list", "open", "refresh")


@dataclass
class Told:
    """What one kind of act cost those who asked."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0


@dataclass
class Run:
    title: str
    kinds: dict[str, Told] = field(default_factory=dict)
    during: float = 0
    web: float = 0
    server: float = 0
    memory: tuple[float, float] = (0, 0)

    @property
    def count(self) -> int:
        return sum(len(told.seconds) for told in self.kinds.values())

    @property
    def rate(self) -> float:
        return self.count / self.during

    @property
    def cost(self) -> float:
        """Processor milliseconds of the whole server, an act."""
        return self.server / self.count * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--sessions", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--peers", default="roundcube,sogo", help="empty: none")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))  # what was started is stopped
    options.data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    with ExitStack() as serving:
        sides = _sides(endpoints, options, serving)
        turns = [_turns(side, options) for side in sides]
        rounds = [
            [
                run_side(side, turn, endpoints["ca"], options.seconds / options.rounds)
                for side, turn in zip(sides, turns, strict=True)
            ]
            for _round in range(options.rounds)
        ]
    _report(rounds, options)


def _sides(endpoints: dict[str, Any], options: argparse.Namespace, serving: ExitStack) -> list[Side]:
    people = (
        mail_users.made(options.people + 4) if options.people else mail_users.of_the_demo(endpoints, options.messages)
    )
    peers = [peer for peer in options.peers.split(",") if peer]
    shares = [_share(people, number, len(peers) + 1) for number in range(len(peers) + 1)]
    first = product_side.side(endpoints, options.data, shares[0])
    if options.people:
        product_side.restart(options.data, endpoints)
        first = Side(first.title, first.origin, *product_side.processes(options.data), first.visitors)
    sides = [first, product_side.bare(first)]
    if peers:
        imap = serving.enter_context(plain_imap.serving(options.data))
        for peer, share in zip(peers, shares[1:], strict=True):
            program = {"roundcube": roundcube, "sogo": sogo}[peer]
            origin, web, others = serving.enter_context(program.serving(imap, options.data))
            with ThreadPoolExecutor(4) as several:
                visitors = list(
                    several.map(lambda one: program.visitor(origin, endpoints["ca"], imap.password, *one), share)  # noqa: B023
                )
            sides.append(Side(peer.capitalize(), origin, web, [imap.process, *others], visitors))
    for side in sides:
        _warm(side, endpoints["ca"], options)
    return sides


def _share(people: list[Person], number: int, of: int) -> list[tuple[Person, Iterator[int]]]:
    """Which letters of each a side opens: five people's again and again, of many people's each its own."""
    return [
        (person, itertools.cycle(person.uids[number::of]) if person.name == "INBOX" else _any(person.uids))
        for person in people
    ]


def _any(uids: list[int]) -> Iterator[int]:
    while True:
        yield random.choice(uids)


def _warm(side: Side, ca: str, options: argparse.Namespace) -> None:
    """What a process makes once for all is not measured: four people who do not come again, or the five."""
    wire = Wire(side.origin, ca)
    visitors = side.visitors[options.people :]
    for visitor in itertools.islice(itertools.cycle(visitors), max(24, len(visitors))):
        wire.cookies = visitor.cookies
        for ask in visitor.acts.values():
            status, body = ask(wire)
            assert status in WELL, f"{side.title}: {status} {body[:200]!r}"


def _turns(side: Side, options: argparse.Namespace) -> list[Iterator[Visitor]]:
    """Of each session who asks next: always the same of five people, or whoever is next of many."""
    if options.people:
        return [itertools.cycle(side.visitors[: options.people])] * options.sessions
    return [itertools.repeat(side.visitors[number % len(side.visitors)]) for number in range(options.sessions)]


def run_side(side: Side, turns: Sequence[Iterator[Visitor]], ca: str, seconds: float) -> Run:
    run = Run(side.title)
    wires = [Wire(side.origin, ca) for _session in turns]
    with spending(side) as spent:
        began = time.monotonic()
        ends = began + seconds
        threads = [
            threading.Thread(target=_one, args=(run, wire, turn, ends)) for wire, turn in zip(wires, turns, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run.during = time.monotonic() - began
    run.web, run.server = spent.web, spent.all
    web, imap = web_and_imap(side)
    run.memory = memory_mb(web), memory_mb(imap)
    return run


def _one(run: Run, wire: Wire, turn: Iterator[Visitor], ends: float) -> None:
    for visitor in turn:
        wire.cookies = visitor.cookies
        for kind, ask in visitor.acts.items():
            began = time.monotonic()
            if began >= ends:
                return
            status, _body = ask(wire)
            told = run.kinds.setdefault(kind, Told())
            told.seconds.append(time.monotonic() - began)
            told.refused += status not in WELL


def _report(rounds: list[list[Run]], options: argparse.Namespace) -> None:
    who = f"{options.people:,} people in turn" if options.people else "five people again and again"
    load = " ".join(Path("/proc/loadavg").read_text().split()[:2])
    print(f"{who}, {options.sessions} sessions, {len(rounds)} rounds in turn, load at the end {load}\n")
    columns = (
        "server, an act",
        "web, an act",
        "acts a second",
        "median",
        "95 %",
        " / ".join(KINDS),
        "refused",
        "web + imap",
    )
    print(f"| | {' | '.join(columns)} |\n{'|---' * (len(columns) + 1)}|")
    whole = [together(runs) for runs in zip(*rounds, strict=True)]
    view = next(run for run in whole if run.title == product_side.BARE_TITLE)
    for run in whole:
        every = sorted(second for told in run.kinds.values() for second in told.seconds)
        each = " / ".join(f"{median(told.seconds) * 1000:.0f}" for told in run.kinds.values())
        web = run.web / run.count * 1000
        print(
            f"| {run.title} | {run.cost:.1f} ms | {web:.1f} ms, {web / (view.web / view.count * 1000):.1f} views "
            f"| {run.rate:.0f} | {median(every) * 1000:.0f} ms | {every[int(len(every) * 0.95)] * 1000:.0f} ms "
            f"| {each} ms | {sum(told.refused for told in run.kinds.values())} "
            f"| {run.memory[0]:.0f} + {run.memory[1]:.0f} MB |"
        )
    for number, peer in list(enumerate(whole))[2:]:
        for words, ratios in (
            (
                "processor time an act of the whole server, {}'s over ours",
                [one[number].cost / one[0].cost for one in rounds],
            ),
            ("times {}'s acts a second", [one[0].rate / one[number].rate for one in rounds]),
        ):
            said = ", ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
            print(f"\n{median(ratios):.2f} {words.format(peer.title)} ({said})")


def together(runs: Sequence[Run]) -> Run:
    whole = Run(runs[0].title)
    for run in runs:
        whole.during, whole.web, whole.server = (
            whole.during + run.during,
            whole.web + run.web,
            whole.server + run.server,
        )
        whole.memory = max(whole.memory, run.memory)
        for kind in [kind for kind in KINDS if kind in run.kinds] or run.kinds:
            told = whole.kinds.setdefault(kind, Told())
            told.seconds += run.kinds[kind].seconds
            told.refused += run.kinds[kind].refused
    return whole


if __name__ == "__main__":
    main()
