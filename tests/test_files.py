"""Where things lie, and what they are called."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
BEHAVIOURS = HOUSE / "client" / "behaviours"
ROOMS_INSIDE = ("webmail", "mailbox", "accounts")  # rooms that have sub-rooms
APART = {"tests", "testing", "migrations"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "lib", "services", "managers", "misc"}
LOCKS = ["requirements.lock", "requirements-dev.lock", "client/package-lock.json"]
DAEMONS = re.compile(r"dovecot|postfix|rspamd", re.IGNORECASE)
# The engine runs them, the mailbox speaks to them, the wiring starts them; a token for the mailbox says whom it is for.
MAY_NAME_DAEMONS = {"engine", "mailbox", "launcher", "accounts/mail_access/access_tokens.py"}
DOMAIN = re.compile(r"numen|imap|smtp|inbox|mailbox|dsden|rectorat|teacher|réception|académi", re.IGNORECASE)


@cache
def committed() -> tuple[Path, ...]:
    """What git knows or would take in."""
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    answer = subprocess.run(listing, cwd=HOUSE, check=True, capture_output=True, text=True)
    return tuple(HOUSE / line for line in answer.stdout.splitlines() if (HOUSE / line).is_file())


def python(folder: str = "vaguemestre") -> Iterator[Path]:
    return (path for path in committed() if path.suffix == ".py" and path.is_relative_to(HOUSE / folder))


def test_helpers_of_tests_lie_in_testing() -> None:
    """Not in another file of tests: what is shared has a home."""
    wanted = re.compile(r"^from vaguemestre\S*\.tests\.(?:test_\w+|conftest) import", re.MULTILINE)
    assert not [path for path in python() if wanted.search(path.read_text("utf-8"))]


def test_no_name_that_means_nothing() -> None:
    code = [path for path in committed() if path.suffix in {".py", ".ts", ".mjs", ".css", ".html"}]
    assert not [path for path in code if {path.parent.name, path.name.split(".")[0]} & VAGUE]


def test_one_door_to_each_kind_of_data() -> None:
    for path in python():
        if path.name != "access.py" and "tests" not in path.parts:
            assert "get_object_or_404" not in path.read_text("utf-8"), path


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host(lock: str) -> None:
    assert not re.search(r"https?://|git\+", (HOUSE / lock).read_text("utf-8"))


def test_only_the_engine_and_the_mailbox_know_which_daemons_serve() -> None:
    named = {}
    for path in python():
        inside = path.relative_to(HOUSE / "vaguemestre")
        wiring = len(inside.parts) == 1
        if wiring or "tests" in inside.parts or MAY_NAME_DAEMONS & {inside.parts[0], str(inside)}:
            continue
        if found := _names_in_code(path):
            named[str(inside)] = found
    assert not named


def test_the_browser_s_code_knows_no_word_of_the_domain() -> None:
    for path in committed():
        code = path.suffix in {".ts", ".mjs"} and not path.name.endswith(".test.ts")
        if code and path.is_relative_to(HOUSE / "client"):
            assert not DOMAIN.search(path.read_text("utf-8")), path


def test_a_behaviour_has_its_test() -> None:
    code = [path for path in committed() if path.is_relative_to(BEHAVIOURS) and path.suffix == ".ts"]
    assert code
    for path in code:
        if not path.name.endswith(".test.ts") and path.name != "testing-page.ts":
            assert path.with_suffix(".test.ts").exists(), path


def test_behaviours_are_those_that_pages_ask_for_and_the_lists_name() -> None:
    main = (HOUSE / "client" / "main.ts").read_text("utf-8")
    registered = set(re.findall(r"^  \"?([a-z-]+)\"?(?:: \w+(?:\(\"\w+\"\))?)?,$", main, re.MULTILINE))
    lists = "".join(path.read_text("utf-8") for path in BEHAVIOURS.glob("*/README.md"))
    listed = re.findall(r"^\| `([a-z-]+)` \|", lists, re.MULTILINE)
    pages = "".join(path.read_text("utf-8") for path in committed() if path.suffix == ".html")
    asked = {name for names in re.findall(r"data-behaviour=\"([^\"]*)\"", pages) for name in names.split()}
    assert len(listed) == len(set(listed))
    assert registered == asked == set(listed)


def test_no_folder_is_crowded() -> None:
    """Twenty-five modules of its own at most, tests apart: more is two ideas."""
    modules = (path for room in ROOMS_INSIDE for path in python(f"vaguemestre/{room}") if path.name != "__init__.py")
    folders = Counter(path.parent for path in modules)
    folders.update(
        path.parent for path in committed()
        if path.is_relative_to(BEHAVIOURS) and path.suffix == ".ts" and not path.name.endswith(".test.ts")
    )  # fmt: skip
    counted = {folder: count for folder, count in folders.items() if not APART & set(folder.parts)}
    assert not [folder for folder, count in counted.items() if count > 25]


def test_no_function_is_longer_than_forty_lines() -> None:
    """More is two ideas."""
    product = (path for path in python() if not APART & set(path.parts))
    long = [
        f"{path}: {node.name}"
        for path in product
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert not long


def test_every_room_says_what_it_is() -> None:
    rooms = {
        path.parent for path in python() if path.name == "__init__.py" and path.parent.parent == HOUSE / "vaguemestre"
    }
    assert not [room.name for room in rooms if not (room / "README.md").exists()]


def _names_in_code(path: Path) -> set[str]:
    """In names and texts of the code; a comment or a docstring may explain."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            found.update(DAEMONS.findall(node.value))
        elif isinstance(node, ast.Name):
            found.update(DAEMONS.findall(node.id))
        elif isinstance(node, ast.ImportFrom | ast.Import):
            found.update(DAEMONS.findall(ast.unparse(node)))
    return found
