"""The papers are short, and what they name exists."""

import builtins
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ROOT / "vaguemestre"
ROOMS_INSIDE = ("webmail", "mailbox", "accounts")  # rooms that have sub-rooms
STOREYS = {PRODUCT / room / "screens" for room in ("webmail", "accounts")}  # each says what its folders are
PART_OF_ANOTHER = {"views", "tests", "testing", "migrations", "management", "templatetags"}
PARTS = ["What it does", "Words", "How it works", "What must hold", "Limits and why"]
READMES = sorted(
    path
    for folder in ("vaguemestre", "client", "tools", "tests", "e2e", "proofs", "bench")
    for path in (ROOT / folder).rglob("README.md")
    if "node_modules" not in path.parts
)
FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|typ|ts|css|html|sh|service|lock|mjs|json|svg)")
DOTTED = re.compile(r"[a-z]\w*(?:\.\w+)+")
QUOTED = re.compile(r"`([^`\s]+)`")
# Files of an installation, names of other programs, and keys of `academy.toml`: nothing of the repository bears these.
ELSEWHERE = {"endpoints.json", "instance.toml", "build/assets/", "dovecot-vsize.lock", "policies.json"}
OTHERS = re.compile(r"(csv|fs|name|navigator|systemd)\..*|.*\.(cf|log|sieve)")
SETTINGS_TABLES = {"mail"}


def folder_of(readme: Path) -> str:
    return readme.parent.relative_to(ROOT).as_posix()


def sub_rooms() -> list[Path]:
    """Folders with modules of their own; views, tests and what Django looks up by the room are part of another one."""
    inside = [path.parent for room in ROOMS_INSIDE for path in (PRODUCT / room).rglob("__init__.py")]
    inside = [folder for folder in inside if (folder / "README.md").exists() or folder.parent not in STOREYS]
    return sorted(folder for folder in inside if not PART_OF_ANOTHER & set(folder.relative_to(PRODUCT).parts))


every_one = pytest.mark.parametrize("readme", READMES, ids=folder_of)


@every_one
def test_a_readme_has_three_hundred_words_at_most(readme: Path) -> None:
    words = [word for word in readme.read_text().split() if re.search(r"\w", word)]  # lines of a table are none
    assert len(words) <= 300


@pytest.mark.parametrize("folder", sub_rooms(), ids=str)
def test_a_sub_room_says_what_it_is_in_five_parts(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    if folder.parent != PRODUCT:
        assert re.findall(r"^\*\*([^*]+)\.\*\*", text, re.MULTILINE) == PARTS


@every_one
def test_what_a_readme_names_exists(readme: Path) -> None:
    missing = [name for name in quoted(readme) if not exists(name, readme.parent)]
    assert not missing


@pytest.mark.parametrize("readme", ["README.md", "UPGRADE.md", "CHANGELOG.md", "ARCHITECTURE.md"])
def test_files_that_the_papers_of_the_whole_name_exist(readme: str) -> None:
    text = (ROOT / readme).read_text()
    linked = re.findall(r"\]\(([\w./-]+)\)", text)
    assert not [name for name in linked if not (ROOT / name).exists()]
    named = [name for name in quoted(ROOT / readme) if re.fullmatch(r"(docs|deploy|bench|seeds)/[\w./-]+", name)]
    assert not [name for name in named if not (ROOT / name).exists()]


def test_what_the_architecture_names_exists() -> None:
    named = quoted(ROOT / "ARCHITECTURE.md")
    assert not [name for name in named if not exists(name, PRODUCT) and not _somewhere(name)]


def test_what_decisions_and_comments_name_exists() -> None:
    """A file by the end of its path; each dot of a dotted name by a module that has it, or by code that says it.
    Other prose is no proof: it may be as old."""
    texts = {path: path.read_text("utf-8") for path in by_hand()}
    code = {path: QUOTED.sub("", text) for path, text in texts.items() if path.suffix != ".md"}
    dots = {dot for text in code.values() for name in DOTTED.findall(text) for dot in pairwise(name.split("."))}
    dots |= {dot for path in code for dot in pairwise(path.with_suffix("").parts)}
    dots |= {(module_name(path), word) for path, text in code.items() for word in re.findall(r"\w+", text)}
    files = "".join(f"{path}\n" for path in (*texts, *ROOT.glob("*.*"), *ROOT.glob("deploy/**/*.*")))

    def is_dead(name: str) -> bool:
        if FILE.fullmatch(name):
            return f"/{name}\n" not in files and name not in ELSEWHERE and not name.startswith(("/", ".", "DATA/"))
        if not DOTTED.fullmatch(name) or OTHERS.fullmatch(name):
            return False
        return any(dot not in dots for dot in pairwise(name.split(".")) if dot[0].islower())

    judged = [(path, text) for path, text in texts.items() if path in code or path.is_relative_to(ROOT / "docs")]
    named = [(path, name.partition("(")[0]) for path, text in judged for name in set(QUOTED.findall(text))]
    assert not [f"{path}: {name}" for path, name in named if is_dead(name)]


def test_the_architecture_is_read_in_half_an_hour() -> None:
    lines = (ROOT / "ARCHITECTURE.md").read_text().splitlines()
    assert len(lines) <= 190  # with the table of rooms
    headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert [heading.partition(". ")[0] for heading in headings] == [str(number) for number in range(1, 8)]


def test_a_room_lists_its_sub_rooms() -> None:
    for room in ROOMS_INSIDE:
        listed = set(re.findall(r"^\| `(\w+)` \|", (PRODUCT / room / "README.md").read_text(), re.MULTILINE))
        assert listed == {folder.name for folder in sub_rooms() if folder.parent == PRODUCT / room}


def test_a_change_is_one_line_of_the_changelog() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text().splitlines()
    assert not [line for line in lines if len(line) > 120]
    versions = [line for line in lines if line.startswith("## ")]
    assert versions
    assert not [
        line for line in versions if not re.fullmatch(r"## \[\d+\.\d+\.\d+\] - (Unreleased|\d{4}-\d\d-\d\d)", line)
    ]
    kinds = {line.removeprefix("### ") for line in lines if line.startswith("### ")}
    assert kinds <= {"Added", "Changed", "Fixed", "Security"}
    beyond = [line for line in lines[lines.index(versions[0]) :] if line and not line.startswith(("#", "- "))]
    assert not beyond


def by_hand() -> Iterator[Path]:
    """Texts of the repository; a migration says what was true when it was made."""
    apart = {"node_modules", "__pycache__", "migrations"}
    for folder in ("vaguemestre", "client", "docs", "tests", "e2e", "proofs", "bench", "seeds", "tools"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in {".py", ".ts", ".css", ".html", ".toml", ".md"} and not apart & set(path.parts):
                yield path


RAISES = re.compile(r"Raises `?(?:\w+\.)*([A-Z]\w+)")
NAMES = re.compile(r"^ *class (\w+)|^[ (]*(?:from .*)?import (.+)", re.MULTILINE)


def test_what_a_docstring_raises_exists() -> None:
    sources = {path: path.read_text() for path in PRODUCT.rglob("*.py")}
    known = {*dir(builtins), "DoesNotExist", "SSLError"}
    for source in sources.values():
        known.update(word for match in NAMES.finditer(source) for word in re.findall(r"\w+", match[0]))
    unknown = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, source in sources.items()
        for name in RAISES.findall(source)
        if name not in known
    }
    assert not unknown


def module_name(path: Path) -> str:
    return path.parent.name if path.name == "__init__.py" else path.stem


def quoted(readme: Path) -> list[str]:
    return QUOTED.findall(readme.read_text())


def exists(name: str, room: Path) -> bool:
    """Judged is what looks like a file, a folder or a name in a module: not commands, addresses and words."""
    if name in ELSEWHERE or name.startswith(("/", "DATA/", ".")):
        return True
    if FILE.fullmatch(name) or re.fullmatch(r"[\w./-]+/", name):
        around = [folder for folder in room.parents if folder.is_relative_to(PRODUCT)]
        return any(
            (folder / name).exists() for folder in (room, room / "templates" / room.name, *around, PRODUCT, ROOT)
        )
    return not DOTTED.fullmatch(name) or name.split(".")[0] in SETTINGS_TABLES or in_a_module(name, room)


def _somewhere(name: str) -> bool:
    """A file or folder that many rooms have is named without its room."""
    return "/" not in name.rstrip("/") and next(PRODUCT.rglob(name.rstrip("/")), None) is not None


def in_a_module(name: str, room: Path) -> bool:
    parts = name.split(".")
    for folder in (room, PRODUCT):
        for depth in range(len(parts), 0, -1):
            path = folder.joinpath(*parts[:depth])
            module = path.with_name(f"{path.name}.py")
            source = module if module.exists() else path / "__init__.py"
            if source.exists():
                return all(re.search(rf"\b{re.escape(part)}\b", source.read_text()) for part in parts[depth:])
    return False
