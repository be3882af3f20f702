"""What a webmail is to `bench.mix`: people who ask it, and the processes that answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.processes import command, processor_seconds, tree
from bench.wire import Wire

# Sends what a browser sends for one act, and answers status and body of what failed, or of its first answer.
type Act = Callable[[Wire], tuple[int, bytes]]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WELL = (200, 204)
WRITTEN = "Bonjour,\r\n\r\nEntendu, à jeudi en salle 12.\r\n"  # an answer


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in, and what they do in turn."""

    cookies: dict[str, str]
    acts: dict[str, Act]
    more: dict[str, Act] = field(default_factory=dict)  # what `bench.day` does besides


@dataclass(frozen=True)
class Side:
    title: str
    origin: str
    web: list[int]  # roots of the processes that make pages
    others: list[int]  # of all else that serves them: nginx, Dovecot, caches
    visitors: list[Visitor]


@dataclass
class Spent:
    """Processor seconds while a block ran."""

    web: float = 0
    all: float = 0


@contextmanager
def spending(side: Side) -> Iterator[Spent]:
    spent, web, everything = Spent(), _seconds(side.web), _seconds([*side.web, *side.others])
    yield spent
    spent.web = _seconds(side.web) - web
    spent.all = _seconds([*side.web, *side.others]) - everything


def _seconds(roots: list[int]) -> float:
    return processor_seconds(tree(roots), with_dead=True)


def web_and_imap(side: Side) -> tuple[list[int], list[int]]:
    """Processes of the two kinds of which there are more when there are more people."""
    web, others = tree(side.web), tree(side.others)
    return web, [
        process for process in others if command(process).startswith("dovecot") and "/imap" in command(process)
    ]
