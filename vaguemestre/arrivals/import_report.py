"""What an import says: on the terminal before it applies, and in a file for whoever corrects the feed."""

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.academy.facts import academy
from vaguemestre.arrivals.rollback import Obstacle, Reason, RollbackPlan
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.facts import FeedLine, SchoolFacts
from vaguemestre.people.functions import KINDS, Role
from vaguemestre.people.models import Person, Snapshot
from vaguemestre.people.namesakes import Traits, told_apart, traits
from vaguemestre.people.refusal import Remark
from vaguemestre.people.snapshot import Change, Changes
from vaguemestre.shared_mailboxes.boxes import coming_boxes, local_part_of

SHOWN = 10
COUNTED = ("joiners", "movers", "renamed", "updated", "leavers", "waiting", "unchanged", "frozen", "refused")

type Told = tuple[str, Traits, str]  # name with function and place; what else tells one from another; what happens


def show(console: Console, changes: Changes) -> None:
    console.print(_counts(changes))
    joiners: list[FeedLine | Change] = [*changes.returning, *changes.joiners]
    _names(console, _("Joiners"), joiners, partial(_joiner, places=changes.places))
    _names(console, _("Movers"), changes.movers, partial(_mover, places=changes.places))
    _names(console, _("Renamed"), changes.renamed, _renamed)
    _names(console, _("Leavers"), changes.leavers, _person)
    _names(console, _("Waiting for their day"), changes.waiting, _waiting)
    _names(console, _("Taken for the same person, as you say"), changes.confirmed, _renamed)
    _roles(console, changes)
    _schools(console, changes)
    if changes.held:
        text = _("Held back: a refused line could be about any of them, so nobody leaves by this feed")
        _names(console, text, changes.held, _person)


def show_undo(console: Console, plan: RollbackPlan) -> None:
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


def _undo_counts(plan: RollbackPlan) -> Table:
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


def _person(person: Person) -> Told:
    discipline, school, *others = traits(person)
    role = discipline or person.function_label
    return f"{person} ({', '.join(filter(None, [role, school]))})", [*others, person.hr_key or ""], ""


def _line(line: FeedLine, places: Mapping[str, str]) -> Told:
    facts, main = line.person, next(iter(line.postings), None)
    role = (main.discipline if main else "") or CATEGORIES[facts.category].label(facts.civility)
    place = places[main.uai] if main else ""
    name = f"{' '.join(facts.name)} ({', '.join(filter(None, [role, place]))})"
    known = [facts.grade or "", "", _("line %(line)s") % {"line": line.number}]  # the day follows in any case
    return name, known, _(", from %(day)s") % {"day": facts.duty_start.isoformat()}


def _joiner(joiner: FeedLine | Change, places: Mapping[str, str]) -> Told:
    if isinstance(joiner, FeedLine):
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


def _roles(console: Console, changes: Changes) -> None:
    """Whoever may act on others is named, however many they are."""
    shown = max(SHOWN, sum(change.of_office for change in changes.roles))
    lines = [f"{change.name}: {_role_words(change.before)} → {_role_words(change.after)}" for change in changes.roles]
    _lines(console, _("Roles gained or lost"), lines[:shown], more=len(lines) - shown)


def _role_words(roles: Iterable[Role]) -> str:
    words = {
        Role.TEACHER: _("teacher"),
        Role.SCHOOL_HEAD: _("head"),
        Role.HR_OFFICER: _("HR officer"),
        Role.HELP_DESK: _("help desk"),
        Role.ADMINISTRATOR: _("administrator of the service"),
    }
    return ", ".join(word for role, word in words.items() if role in roles) or _("none")


def _schools(console: Console, changes: Changes) -> None:
    pairs = [(changes.former_schools.get(school.uai), school) for school in changes.schools]
    lines = [f"{after.uai}: {_school_words(before)} → {_school_words(after)}" for before, after in pairs if before]
    _lines(console, _("Places that change"), lines[:SHOWN], more=len(lines) - SHOWN)
    made = [f"{local_part_of(uai)}@{academy().domain}: {name}" for uai, name in coming_boxes(changes).items()]
    _lines(console, _("Places that get a mailbox"), made[:SHOWN], more=len(made) - SHOWN)


def _school_words(school: SchoolFacts) -> str:
    return f"{school.name}, {school.city}, {KINDS[school.kind]}"
