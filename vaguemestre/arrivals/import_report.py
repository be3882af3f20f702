"""What an import says: on the terminal before it applies, and in a file for whoever corrects the feed."""

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.arrivals.change_list import Told, change_sections, person_text
from vaguemestre.arrivals.rollback import Obstacle, RollbackPlan, obstacle_text
from vaguemestre.people.models import Snapshot
from vaguemestre.people.namesakes import told_apart
from vaguemestre.people.refusal import Remark
from vaguemestre.people.snapshot import Changes
from vaguemestre.web.separated_values import harmless_cell

SHOWN = 10
COUNTED = ("joiners", "movers", "renamed", "updated", "leavers", "waiting", "unchanged", "frozen", "refused")


def show(console: Console, changes: Changes) -> None:
    console.print(_counts(changes))
    for section in change_sections(changes):
        lines = [f"{name}{rest}" for name, rest in section.lines(max(SHOWN, section.shown))]
        _lines(console, section.title, lines, more=section.count - len(lines))


def show_undo(console: Console, plan: RollbackPlan) -> None:
    found = plan.people
    title = _("Undo of the snapshot of %(day)s") % {"day": found.snapshot.dated.isoformat()}
    console.print(Text(title, style="bold"))
    console.print(_undo_counts(plan))
    _names(
        console,
        _("Joiners: withdrawn, their letters void, their addresses kept for them"),
        found.newcomers,
        person_text,
    )
    _names(console, _("Had come back: closed again"), found.returned, person_text)
    _names(console, _("Leavers: open again, with their own password"), found.left, person_text)
    _names(
        console, _("Renamed: back to the former name; the new address goes on receiving"), found.renamed, person_text
    )
    _names(console, _("Changed: as they were before"), found.others, person_text)
    if plan.boxes:
        console.print(
            ngettext(
                "%(n)s mailbox of a place made by it: withdrawn if nothing has reached it.",
                "%(n)s mailboxes of places made by it: those that nothing has reached are withdrawn.",
                plan.boxes,
            )
            % {"n": plan.boxes}
        )
    if plan.printed:
        console.print(
            ngettext(
                "%(n)s letter is printed already: do not post it.",
                "%(n)s letters are printed already: do not post them.",
                plan.printed,
            )
            % {"n": plan.printed}
        )
    show_obstacles(console, plan)


def show_obstacles(console: Console, plan: RollbackPlan) -> None:
    _obstacles(console, _("In the way"), plan.obstacles)
    _obstacles(console, _("Left out: these persons stay as they are now"), plan.spared)


def _obstacles(console: Console, title: str, obstacles: Sequence[Obstacle]) -> None:
    if not obstacles:
        return
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for heading in (_("Line"), _("Person"), _("Reason")):
        table.add_column(heading, justify="right" if heading == _("Line") else "left")
    for obstacle in obstacles:
        line = "–" if obstacle.line is None else str(obstacle.line)
        table.add_row(line, Text(str(obstacle.person)), Text(obstacle_text(obstacle.reason)))
    console.print(table)


def _undo_counts(plan: RollbackPlan) -> Table:
    found = plan.people
    came, away = len(found.newcomers) + len(found.returned), len(found.left)
    blocked = len({obstacle.person.pk for obstacle in plan.obstacles})
    spared = len({obstacle.person.pk for obstacle in plan.spared})
    counts = [
        (count_words("joiners", came), came),
        (count_words("leavers", away), away),
        (count_words("renamed", len(found.renamed)), len(found.renamed)),
        (count_words("updated", len(found.others)), len(found.others)),
        (ngettext("is in the way", "are in the way", blocked), blocked),
        (ngettext("person left out", "people left out", spared), spared),
    ]
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for word, count in counts:
        table.add_row(str(count), word)
    return table


def show_remarks(console: Console, changes: Changes) -> None:
    _remarks(console, _("Refused lines"), changes.refused)
    _remarks(console, _("Lines taken with a remark"), changes.remarks)


def _remarks(console: Console, title: str, remarks: Sequence[Remark]) -> None:
    if not remarks:
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in (_("Line"), _("Column"), _("Value"), _("Reason")):
        table.add_column(heading, justify="right" if heading == _("Line") else "left")
    for remark in remarks[: 2 * SHOWN]:
        # Text: a value of the feed is never markup.
        table.add_row(str(remark.line), Text(remark.column), Text(remark.value), Text(remark.reason))
    console.print(table)
    _more(console, len(remarks) - 2 * SHOWN)


def write_remarks(path: Path, changes: Changes) -> None:
    """CSV for a spreadsheet (BOM, semicolons), readable by its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([_("Line"), _("Column"), _("Value"), _("Reason"), _("Effect")])
        for remarks, effect in ((changes.refused, _("line refused")), (changes.remarks, _("line taken"))):
            for remark in remarks:
                writer.writerow([remark.line, remark.column, harmless_cell(remark.value), remark.reason, effect])


def show_history(console: Console, snapshots: Iterable[Snapshot]) -> None:
    """Newest first; what is zero is left out."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("Applied"), _("Snapshot of"), _("Lines"), _("Changes")):
        table.add_column(heading, justify="right" if heading == _("Lines") else "left")
    for snapshot in snapshots:
        # In our order: PostgreSQL keeps JSON in its own.
        told = [(key, snapshot.counts[key]) for key in COUNTED if snapshot.counts.get(key)]
        counts = ", ".join(f"{count} {count_words(key, count)}" for key, count in told)
        applied = timezone.localtime(snapshot.applied_at).strftime("%Y-%m-%d %H:%M")
        if snapshot.undone_at:
            counts = _("undone: %(counts)s") % {"counts": counts}
        table.add_row(applied, snapshot.dated.isoformat(), str(snapshot.lines), counts)
    console.print(table if table.row_count else _("No feed has been imported yet."))


def _counts(changes: Changes) -> Table:
    title = _("Snapshot of %(day)s, lines: %(lines)s") % {"day": changes.dated.isoformat(), "lines": changes.lines}
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for key, count in changes.counts().items():
        table.add_row(str(count), count_words(key, count))
    return table


def count_words(key: str, count: int) -> str:
    """For a key of `Changes.counts`."""
    words = {
        "joiners": ngettext("joiner", "joiners", count),
        "movers": ngettext("mover", "movers", count),
        "renamed": ngettext("change of name", "changes of name", count),
        "updated": ngettext("other change", "other changes", count),
        "leavers": ngettext("leaver", "leavers", count),
        "waiting": _("waiting for their day"),
        "unchanged": _("unchanged"),
        "frozen": ngettext("left as it is (refused line)", "left as they are (refused line)", count),
        "refused": ngettext("refused line", "refused lines", count),
        "remarks": ngettext("line taken with a remark", "lines taken with a remark", count),
        "schools": ngettext("place that changes", "places that change", count),
        "roles": ngettext("role gained or lost", "roles gained or lost", count),
    }
    return words[key]


def _names[T](console: Console, title: str, people: Sequence[T], told: Callable[[T], Told]) -> None:
    shown = [told(one) for one in people[:SHOWN]]
    names = told_apart([one[:2] for one in shown])
    lines = [f"{name}{rest}" for name, (_name, _traits, rest) in zip(names, shown, strict=True)]
    _lines(console, title, lines, more=len(people) - SHOWN)


def _lines(console: Console, title: str, lines: Sequence[str], *, more: int) -> None:
    if not lines:
        return
    console.print(Text(f"\n{title}", style="bold"))
    for line in lines:
        console.print(Text(f"  {line}"))
    _more(console, more)


def _more(console: Console, count: int) -> None:
    if count > 0:
        console.print(Text("  " + ngettext("and %(n)s other", "and %(n)s others", count) % {"n": count}))
