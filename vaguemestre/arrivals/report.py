"""What an import says: on the terminal before it applies, and in a file for whoever corrects the feed."""

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.arrivals.undoing import Obstacle, Plan, Reason
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.facts import Line
from vaguemestre.people.models import Person, Snapshot
from vaguemestre.people.namesakes import Traits, told_apart, traits
from vaguemestre.people.refusal import Refusal
from vaguemestre.people.snapshot import Change, Changes

SHOWN = 10
COUNTED = ("joiners", "movers", "renamed", "updated", "leavers", "waiting", "unchanged", "frozen", "refused")

type Told = tuple[str, Traits, str]  # name with function and place; what else tells one from another; what happens


def show(console: Console, changes: Changes) -> None:
    console.print(_counts(changes))
    joiners: list[Line | Change] = [*changes.returning, *changes.joiners]
    _names(console, _("Joiners"), joiners, partial(_joiner, places=changes.places))
    _names(console, _("Movers"), changes.movers, partial(_mover, places=changes.places))
    _names(console, _("Renamed"), changes.renamed, _renamed)
    _names(console, _("Leavers"), changes.leavers, _person)
    _names(console, _("Waiting for their day"), changes.waiting, _waiting)
    if changes.held:
        text = _("Held back: a refused line could be about any of them, so nobody leaves by this feed")
        _names(console, text, changes.held, _person)


def show_undo(console: Console, plan: Plan) -> None:
    """What would be taken back, and what stands in the way."""
    found = plan.people
    title = _("Undo of the snapshot of %(day)s") % {"day": found.snapshot.dated.isoformat()}
    console.print(Text(title, style="bold"))
    console.print(_undo_counts(plan))
    _names(
        console, _("Joiners: withdrawn, their letters void, their addresses kept for them"), found.newcomers, _person
    )
    _names(console, _("Had come back: closed again"), found.returned, _person)
    _names(console, _("Leavers: open again, with their own password"), found.left, _person)
    _names(console, _("Renamed: back to the former name; the new address goes on receiving"), found.renamed, _person)
    _names(console, _("Changed: as they were before"), found.others, _person)
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


def show_obstacles(console: Console, plan: Plan) -> None:
    """All of them: each is somebody to be looked after by hand."""
    _obstacles(console, _("In the way"), plan.obstacles)
    _obstacles(console, _("Left out: these persons stay as they are now"), plan.spared)


def _obstacles(console: Console, title: str, obstacles: Sequence[Obstacle]) -> None:
    if not obstacles:
        return
    why = {
        Reason.SIGNED_IN: _("came by this import, and has signed in since"),
        Reason.PURGED: _("left by this import, and the mailbox is deleted"),
        Reason.CHANGED: _("changed since by something else"),
    }
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for heading in (_("Line"), _("Person"), _("Reason")):
        table.add_column(heading, justify="right" if heading == _("Line") else "left")
    for obstacle in obstacles:
        line = "–" if obstacle.line is None else str(obstacle.line)
        table.add_row(line, Text(str(obstacle.person)), Text(why[obstacle.reason]))
    console.print(table)


def _undo_counts(plan: Plan) -> Table:
    found = plan.people
    came, away = len(found.newcomers) + len(found.returned), len(found.left)
    blocked = len({obstacle.person.pk for obstacle in plan.obstacles})
    spared = len({obstacle.person.pk for obstacle in plan.spared})
    counts = [
        (_word("joiners", came), came),
        (_word("leavers", away), away),
        (_word("renamed", len(found.renamed)), len(found.renamed)),
        (_word("updated", len(found.others)), len(found.others)),
        (ngettext("is in the way", "are in the way", blocked), blocked),
        (ngettext("person left out", "people left out", spared), spared),
    ]
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for word, count in counts:
        table.add_row(str(count), word)
    return table


def show_refused(console: Console, refused: Sequence[Refusal]) -> None:
    if not refused:
        return
    table = Table(title=_("Refused lines"), title_justify="left", box=None, pad_edge=False)
    for heading in (_("Line"), _("Column"), _("Value"), _("Reason")):
        table.add_column(heading, justify="right" if heading == _("Line") else "left")
    for refusal in refused[: 2 * SHOWN]:
        # Text: a value of the feed is never markup.
        table.add_row(str(refusal.line), Text(refusal.column), Text(refusal.value), Text(refusal.reason))
    console.print(table)
    _more(console, len(refused) - 2 * SHOWN)


def write_refused(path: Path, refused: Iterable[Refusal]) -> None:
    """CSV for a spreadsheet (BOM, semicolons), readable by its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([_("Line"), _("Column"), _("Value"), _("Reason")])
        for refusal in refused:
            writer.writerow([refusal.line, refusal.column, _harmless(refusal.value), refusal.reason])


def _harmless(value: str) -> str:
    """A spreadsheet must not take a value of the feed for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value


def show_history(console: Console, snapshots: Iterable[Snapshot]) -> None:
    """Newest first; what is zero is left out."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("Applied"), _("Snapshot of"), _("Lines"), _("Changes")):
        table.add_column(heading, justify="right" if heading == _("Lines") else "left")
    for snapshot in snapshots:
        # In our order: PostgreSQL keeps JSON in its own.
        told = [(key, snapshot.counts[key]) for key in COUNTED if snapshot.counts.get(key)]
        counts = ", ".join(f"{count} {_word(key, count)}" for key, count in told)
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
        table.add_row(str(count), _word(key, count))
    return table


def _word(key: str, count: int) -> str:
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
    }
    return words[key]


def _names[T](console: Console, title: str, people: Sequence[T], told: Callable[[T], Told]) -> None:
    if not people:
        return
    console.print(Text(f"\n{title}", style="bold"))
    shown = [told(one) for one in people[:SHOWN]]
    for name, (_name, _traits, rest) in zip(told_apart([one[:2] for one in shown]), shown, strict=True):
        console.print(Text(f"  {name}{rest}"))
    _more(console, len(people) - SHOWN)


def _more(console: Console, count: int) -> None:
    if count > 0:
        console.print(Text("  " + ngettext("and %(n)s other", "and %(n)s others", count) % {"n": count}))


def _person(person: Person) -> Told:
    discipline, school, *others = traits(person)
    role = discipline or person.function_label
    return f"{person} ({', '.join(filter(None, [role, school]))})", [*others, person.hr_key or ""], ""


def _line(line: Line, places: Mapping[str, str]) -> Told:
    facts, main = line.person, next(iter(line.postings), None)
    role = (main.discipline if main else "") or CATEGORIES[facts.category].label(facts.civility)
    place = places[main.uai] if main else ""
    name = f"{' '.join(facts.name)} ({', '.join(filter(None, [role, place]))})"
    known = [facts.grade or "", "", _("line %(line)s") % {"line": line.number}]  # the day follows in any case
    return name, known, _(", from %(day)s") % {"day": facts.duty_start.isoformat()}


def _joiner(joiner: Line | Change, places: Mapping[str, str]) -> Told:
    if isinstance(joiner, Line):
        return _line(joiner, places)
    return _followed(joiner, _(", from %(day)s") % {"day": joiner.line.person.duty_start.isoformat()})


def _followed(change: Change, rest: str) -> Told:
    name, known, _nothing = _person(change.person)
    return name, known, rest


def _mover(change: Change, places: Mapping[str, str]) -> Told:
    return _followed(change, f" → {', '.join(places[posting.uai] for posting in change.line.postings)}")


def _renamed(change: Change) -> Told:
    return _followed(change, f" → {' '.join(change.line.person.name)}")


def _waiting(change: Change) -> Told:
    return _followed(change, _(", on %(day)s") % {"day": change.line.effective_on})
