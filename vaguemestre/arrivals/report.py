"""What an import says: on the terminal before it applies, and in a file for whoever corrects the feed."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.arrivals.undoing import Obstacle, Plan, Reason
from vaguemestre.people.facts import SchoolFacts
from vaguemestre.people.functions import KINDS, Role
from vaguemestre.people.models import Person, Snapshot
from vaguemestre.people.refusal import Remark
from vaguemestre.people.snapshot import Change, Changes

SHOWN = 10


def show(console: Console, changes: Changes) -> None:
    console.print(_counts(changes))
    _names(console, _("Joiners"), [_joiner_line(line) for line in _joiners(changes)])
    _names(console, _("Movers"), [_mover_line(change, changes.places) for change in changes.movers])
    _names(console, _("Renamed"), [_renamed_line(change) for change in changes.renamed])
    _names(console, _("Leavers"), [str(person) for person in changes.leavers])
    _names(console, _("Waiting for their day"), [_waiting_line(change) for change in changes.waiting])
    _names(console, _("Taken for the same person, as you say"), [_renamed_line(change) for change in changes.confirmed])
    _roles(console, changes)
    _names(console, _("Places that change"), _school_lines(changes))
    if changes.held:
        text = _("Held back: a refused line could be about any of them, so nobody leaves by this feed")
        _names(console, text, [str(person) for person in changes.held])


def show_undo(console: Console, plan: Plan) -> None:
    """What would be taken back, and what stands in the way."""
    found = plan.people
    title = _("Undo of the snapshot of %(day)s") % {"day": found.snapshot.dated.isoformat()}
    console.print(Text(title, style="bold"))
    console.print(_undo_counts(plan))
    _names(
        console, _("Joiners: withdrawn, their letters void, their addresses kept for them"), _names_of(found.newcomers)
    )
    _names(console, _("Had come back: closed again"), _names_of(found.returned))
    _names(console, _("Leavers: open again, with their own password"), _names_of(found.left))
    _names(console, _("Renamed: back to the former name; the new address goes on receiving"), _names_of(found.renamed))
    _names(console, _("Changed: as they were before"), _names_of(found.others))
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
    counts = {
        _("joiners"): len(found.newcomers) + len(found.returned),
        _("leavers"): len(found.left),
        _("renamed"): len(found.renamed),
        _("otherwise changed"): len(found.others),
        _("in the way"): len({obstacle.person.pk for obstacle in plan.obstacles}),
        _("left out"): len({obstacle.person.pk for obstacle in plan.spared}),
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for word, count in counts.items():
        table.add_row(str(count), word)
    return table


def _names_of(persons: Iterable[Person]) -> list[str]:
    return [str(person) for person in persons]


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
                writer.writerow([remark.line, remark.column, _harmless(remark.value), remark.reason, effect])


def _harmless(value: str) -> str:
    """A spreadsheet must not take a value of the feed for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value


def show_history(console: Console, snapshots: Iterable[Snapshot]) -> None:
    """Newest first; what is zero is left out."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("Applied"), _("Snapshot of"), _("Lines"), _("Changes")):
        table.add_column(heading, justify="right" if heading == _("Lines") else "left")
    words = _words()
    for snapshot in snapshots:
        # In our order: PostgreSQL keeps JSON in its own.
        counts = ", ".join(f"{snapshot.counts[key]} {word}" for key, word in words.items() if snapshot.counts.get(key))
        applied = timezone.localtime(snapshot.applied_at).strftime("%Y-%m-%d %H:%M")
        if snapshot.undone_at:
            counts = _("undone: %(counts)s") % {"counts": counts}
        table.add_row(applied, snapshot.dated.isoformat(), str(snapshot.lines), counts)
    console.print(table if table.row_count else _("No feed has been imported yet."))


def _counts(changes: Changes) -> Table:
    title = _("Snapshot of %(day)s, %(lines)s lines") % {"day": changes.dated.isoformat(), "lines": changes.lines}
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    counts = changes.counts()
    for key, word in _words().items():
        table.add_row(str(counts[key]), word)
    return table


def _words() -> dict[str, str]:
    """For the keys of `Changes.counts`."""
    return {
        "joiners": _("joiners"),
        "movers": _("movers"),
        "renamed": _("renamed"),
        "updated": _("otherwise changed"),
        "leavers": _("leavers"),
        "waiting": _("waiting for their day"),
        "unchanged": _("unchanged"),
        "frozen": _("left as they are (refused line)"),
        "refused": _("refused lines"),
        "remarks": _("lines taken with a remark"),
        "schools": _("places that change"),
        "roles": _("roles gained or lost"),
    }


def _names(console: Console, title: str, lines: Sequence[str], *, shown: int = SHOWN) -> None:
    if not lines:
        return
    console.print(Text(f"\n{title}", style="bold"))
    for line in lines[:shown]:
        console.print(Text(f"  {line}"))
    _more(console, len(lines) - shown)


def _more(console: Console, count: int) -> None:
    if count > 0:
        console.print(Text("  " + ngettext("and %(n)s other", "and %(n)s others", count) % {"n": count}))


def _joiners(changes: Changes) -> list[tuple[str, str]]:
    new = [(" ".join(line.person.name), line.person.duty_start.isoformat()) for line in changes.joiners]
    return [(str(change.person), change.line.person.duty_start.isoformat()) for change in changes.returning] + new


def _joiner_line(joiner: tuple[str, str]) -> str:
    return _("%(name)s, from %(day)s") % {"name": joiner[0], "day": joiner[1]}


def _mover_line(change: Change, places: Mapping[str, str]) -> str:
    return f"{change.person} → {', '.join(places[posting.uai] for posting in change.line.postings)}"


def _renamed_line(change: Change) -> str:
    return f"{change.person} → {' '.join(change.line.person.name)}"


def _roles(console: Console, changes: Changes) -> None:
    """Whoever may act on others is named, however many they are."""
    over_others = [change for change in changes.roles if change.of_office]
    lines = [f"{change.name}: {_role_words(change.before)} → {_role_words(change.after)}" for change in changes.roles]
    _names(console, _("Roles gained or lost"), lines, shown=max(SHOWN, len(over_others)))


def _role_words(roles: Iterable[Role]) -> str:
    words = {
        Role.TEACHER: _("teacher"),
        Role.SCHOOL_HEAD: _("head"),
        Role.HR_OFFICER: _("HR officer"),
        Role.HELP_DESK: _("help desk"),
        Role.ADMINISTRATOR: _("administrator of the service"),
    }
    return ", ".join(word for role, word in words.items() if role in roles) or _("none")


def _school_lines(changes: Changes) -> list[str]:
    pairs = [(changes.former_schools.get(school.uai), school) for school in changes.schools]
    return [f"{after.uai}: {_school_words(before)} → {_school_words(after)}" for before, after in pairs if before]


def _school_words(school: SchoolFacts) -> str:
    return f"{school.name}, {school.city}, {KINDS[school.kind]}"


def _waiting_line(change: Change) -> str:
    return _("%(name)s, on %(day)s") % {"name": change.person.full_name, "day": change.line.effective_on}
