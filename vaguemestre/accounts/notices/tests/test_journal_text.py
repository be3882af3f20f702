"""The journal is read by people: no act and no reason that the service gives is shown as a word of the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import vaguemestre
from vaguemestre.accounts.models import ResetRequest
from vaguemestre.accounts.notices.journal_text import SENTENCES, details_text

ROOM = Path(vaguemestre.__file__).parent
WRITERS = {"record", "record_many", "record_each"}


def written() -> Iterator[tuple[str, str]]:
    """Each act that the source names in so many words, and where."""
    for path in ROOM.rglob("*.py"):
        if "tests" in path.parts or path.name == "testing.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node.func):
                yield from ((act, path.name) for act in _acts(node.args[1]))


def _writes(function: ast.Attribute) -> bool:
    return function.attr in WRITERS and isinstance(function.value, ast.Name) and function.value.id == "journal"


def _acts(argument: ast.expr) -> list[str]:
    constants = [part.value for part in ast.walk(argument) if isinstance(part, ast.Constant)]
    return [value for value in constants if isinstance(value, str) and "." in value]


def test_every_act_has_its_sentence() -> None:
    found = [(act, where) for act, where in written() if not act.endswith(".")]  # the rest of a name made of parts
    assert len(found) > 50
    assert [(act, where) for act, where in found if act not in SENTENCES] == []


@pytest.mark.parametrize("reason", [*ResetRequest.Reason.values, ResetRequest.LINKS_SPENT])
def test_why_a_person_answers_is_told_in_words(reason: str) -> None:
    assert reason not in details_text({"reason": reason})
