"""The glossary is true: each place exists, and nothing bears a word that it has given up."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ROOT / "vaguemestre"
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
TERMS, _, REFUSED = GLOSSARY.partition("\n## Words that we do not use\n")
TABLE, _, REST = REFUSED.partition("\nA class is understood")
ONES = {word for cell in re.findall(r"^\| (`[^|]+) \|", TABLE, re.MULTILINE) for word in re.findall(r"`(\w+)`", cell)}
REFUSED_WORDS = ONES | {f"{word}s" for word in ONES}
ALONE = set(re.findall(r"`([A-Z]\w+)`", REST.partition("\n## ")[0]))
APART = {"tests", "testing", "migrations"}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
# Still to be renamed. This list only becomes shorter.
STILL = set((ROOT / "tests" / "names_to_change.txt").read_text("utf-8").split())


def test_each_term_has_a_screen_a_meaning_and_a_place_that_exists() -> None:
    rows = [line.strip("|").split("|") for line in TERMS.splitlines() if line.startswith("| ")]
    assert len(rows) > 60
    for row in rows:
        assert len(row) == 4, row
        assert all(cell.strip() for cell in row), row
        if row[0].strip() != "term":
            places = re.findall(r"`([\w.]+)`", row[3])
            assert places, row
            assert not [place for place in places if not _is_there(place)]


def test_no_term_stands_twice() -> None:
    terms = [term.strip() for row in re.findall(r"^\| ([^|]+) \|", TERMS, re.MULTILINE) for term in row.split(",")]
    assert not {term for term in terms if terms.count(term) > 1} - {"term"}


def test_no_module_and_no_class_bears_a_word_that_was_given_up() -> None:
    assert {"thread", "threads", "exchange"} <= REFUSED_WORDS
    assert {"Line", "Found"} <= ALONE
    assert set(_named()) - STILL == set()


def test_what_is_still_to_be_renamed_is_there() -> None:
    assert STILL - set(_named()) == set()


def _is_there(place: str) -> bool:
    path = PRODUCT.joinpath(*place.split("."))
    return path.is_dir() or path.with_name(f"{path.name}.py").exists()


def _named() -> Iterator[str]:
    for name in _names():
        last = name.rpartition(".")[2]
        if last in ALONE or (_words(last) & REFUSED_WORDS and last != "HelpDesk"):  # which is what it is called
            yield name


def _names() -> Iterator[str]:
    """Modules and public classes, by their dotted name below the product."""
    for path in PRODUCT.rglob("*.py"):
        if APART.isdisjoint(path.relative_to(PRODUCT).parts) and path.name not in {"testing.py", "conftest.py"}:
            module = ".".join(path.relative_to(PRODUCT).with_suffix("").parts).removesuffix(".__init__")
            yield module
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    yield f"{module}.{node.name}"


def _words(name: str) -> set[str]:
    return {word.lower() for word in WORD.findall(name)}
