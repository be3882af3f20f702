"""`bin/house`: the pictures of rooms and sub-rooms, drawn from the imports as they are, in the papers that have a place
for one. `--check` only says which pictures are no longer true."""

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from textwrap import wrap

import grimp

from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError

PRODUCT = "vaguemestre"
# "in brief": one text from top to bottom, instead of a line for each level.
PLACE = re.compile(r"(<!-- picture of ([\w.]+)( in brief)? -->\n).*?(<!-- end of picture -->)", re.DOTALL)
WIDTH = 128
# Tests may gather the whole house. What puts a room together may import all of it, and nobody imports it.
APART = {"tests", "testing", "conftest", "migrations"}
DOORS = APART | {"views", "urls", "wiring", "apps", "management", "templatetags"}


def run(arguments: Sequence[str]) -> int:
    if arguments and list(arguments) != ["--check"]:
        raise LauncherError("bin/house [--check]")
    if not arguments:
        for paper in _papers():
            paper.write_text(_drawn_anew(paper), "utf-8")
        return 0
    for line in (out_of_date := wrong()):
        print(line, file=sys.stderr)
    return 1 if out_of_date else 0


def wrong() -> list[str]:
    """One line for each paper whose picture differs from the imports."""
    return [
        f"{paper.relative_to(CHECKOUT)}: its picture differs from the imports. Run bin/house."
        for paper in _papers()
        if paper.read_text("utf-8") != _drawn_anew(paper)
    ]


def levels(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """From top to bottom: each name stands one line above the highest that it imports."""
    left, drawn = dict(imports), list[list[str]]()
    while left:
        if not (level := sorted(name for name, below in left.items() if not below & left.keys())):
            raise LauncherError(f"These import one another in a ring: {', '.join(sorted(left))}")
        drawn.insert(0, level)
        left = {name: below for name, below in left.items() if name not in level}
    return drawn


def _papers() -> list[Path]:
    return [CHECKOUT / "ARCHITECTURE.md", *sorted((CHECKOUT / PRODUCT).rglob("README.md"))]


def _drawn_anew(paper: Path) -> str:
    text = paper.read_text("utf-8")
    return PLACE.sub(lambda place: f"{place[1]}{_picture(place[2], brief=bool(place[3]))}{place[4]}", text)


@cache
def _picture(container: str, *, brief: bool) -> str:
    drawn = [", ".join(level) for level in levels(_imports(container))]
    lines = [line for text in ([" > ".join(drawn)] if brief else drawn) for line in wrap(text, WIDTH)]
    return "\n".join(["```", *lines, "```", ""])


def _imports(container: str) -> dict[str, set[str]]:
    graph, apart = _graph(), APART if container == PRODUCT else DOORS
    children = {child for child in graph.find_children(container) if _stands_in(child, container)}
    found: dict[str, set[str]] = {_short(child, container): set() for child in children}
    for child in children:
        for module in {child, *graph.find_descendants(child)}:
            if apart.isdisjoint(module.split(".")):
                imported = {_short(other, container) for other in graph.find_modules_directly_imported_by(module)}
                found[_short(child, container)] |= imported & found.keys() - {_short(child, container)}
    return found


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(PRODUCT, cache_dir=str(CHECKOUT / "build" / "imports"))


def _stands_in(child: str, container: str) -> bool:
    """Of the product its rooms, that is its packages but the launcher; of a room all but its doors."""
    if container == PRODUCT:
        return child != f"{PRODUCT}.launcher" and bool(_graph().find_children(child))
    return child.rpartition(".")[2] not in DOORS


def _short(module: str, container: str) -> str:
    """The child of the package in which a module lies; nothing for one from elsewhere."""
    return module.removeprefix(f"{container}.").split(".")[0] if module.startswith(f"{container}.") else ""
