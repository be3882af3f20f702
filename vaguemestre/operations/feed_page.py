"""What the pages of the HR feed show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vaguemestre.academy.facts import academy
from vaguemestre.arrivals import feed_drops
from vaguemestre.arrivals.import_report import count_words
from vaguemestre.arrivals.models import FeedDrop
from vaguemestre.arrivals.rollback import Obstacle, RollbackPlan, obstacle_text
from vaguemestre.people.models import Snapshot

HISTORY = 10
LINES = 50  # of a list, until it is asked for whole
LARGE = 2000  # people: the command takes back more than that
FIVE = ("joiners", "movers", "leavers", "renamed", "refused")


@dataclass(frozen=True, slots=True)
class ChangeSection:
    key: str
    title: str
    count: int
    lines: list[tuple[str, str]]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True, slots=True)
class PastFeed:
    snapshot: Snapshot
    changes: str
    undoable: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    drop: FeedDrop | None  # what is being read, or waits
    last: FeedDrop | None  # how the one before ended, when none is pending
    numbers: list[tuple[int, str]]
    sections: list[ChangeSection]
    refused: list[list[Any]]
    allowed: int  # closures
    percent: int
    history: list[PastFeed]


@dataclass(frozen=True, slots=True)
class RollbackPage:
    snapshot: Snapshot
    numbers: list[tuple[int, str]]
    obstacles: list[tuple[str, str]]
    printed: int
    count: int

    @property
    def large(self) -> bool:
        return self.count > LARGE


def feed_page(whole: str) -> FeedPage:
    """`whole`: the key of the section that is shown to its end."""
    drop, percent = feed_drops.pending_drop(), academy().feed.closing_share_percent
    shown: dict[str, Any] = {"sections": [], "refused": []}
    if drop and drop.state == FeedDrop.State.CHECKED:
        shown = feed_drops.shown_changes(drop)
    return FeedPage(
        drop=drop,
        last=None if drop else FeedDrop.objects.order_by("-pk").first(),
        numbers=_numbers(drop.counts) if drop and shown["sections"] else [],
        sections=[_section(one, whole) for one in shown["sections"]],
        refused=shown["refused"],
        allowed=drop.in_post * percent // 100 if drop else 0,
        percent=percent,
        history=list(_history()),
    )


def rollback_page(plan: RollbackPlan) -> RollbackPage:
    found = plan.people
    counts = {
        "joiners": len(found.newcomers) + len(found.returned), "leavers": len(found.left),
        "renamed": len(found.renamed), "updated": len(found.others),
    }  # fmt: skip
    return RollbackPage(
        snapshot=found.snapshot,
        numbers=[(count, count_words(key, count)) for key, count in counts.items()],
        obstacles=[_obstacle(one) for one in plan.obstacles],
        printed=plan.printed,
        count=sum(counts.values()),
    )


def _numbers(counts: dict[str, int]) -> list[tuple[int, str]]:
    return [(counts.get(key, 0), count_words(key, counts.get(key, 0))) for key in FIVE]


def _section(told: dict[str, Any], whole: str) -> ChangeSection:
    lines = [(name, rest) for name, rest in told["lines"]]
    return ChangeSection(told["key"], told["title"], told["count"], lines if told["key"] == whole else lines[:LINES])


def _history() -> Iterable[PastFeed]:
    for place, snapshot in enumerate(Snapshot.objects.order_by("-number")[:HISTORY]):
        counted = [(snapshot.counts.get(key, 0), key) for key in (*FIVE, "updated")]
        changes = ", ".join(f"{count} {count_words(key, count)}" for count, key in counted if count)
        yield PastFeed(snapshot, changes, undoable=place == 0 and snapshot.undone_at is None)


def _obstacle(one: Obstacle) -> tuple[str, str]:
    return str(one.person), obstacle_text(one.reason)
