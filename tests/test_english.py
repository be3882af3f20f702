"""Plain technical English (STYLE.md): words of a dialect of ours become fewer. Each bound is what there was when it was
last looked at; whoever takes some away lowers it."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

from tests.test_files import HOUSE, committed

# A pattern of prose, and how often it may stand in comments, docstrings and papers.
BOUNDS = {
    r"(?:^|[.:] )What ": 1120,  # a sentence whose subject it begins
    r"\b(?:says?|said|tells?|told)\b": 2020,  # of code: shows, returns, reports
    r"\bwords?\b": 950,  # text, token, status
    r"\b[Nn]obody\b": 680,
    r"\bletters?\b": 660,  # message, unless it is paper
    r"\bst(?:ands?|ood)\b": 570,
    r"\b(?:asks?|asked)\b": 1250,  # requests
    r"\b[Ww]hoever\b": 480,
    r"(?:^|[.:] )Of ": 210,
    r"\b(?:lies?|lay)\b": 260,  # is stored
    r"\bis no\b": 210,
    r"\b[Bb]eside\b": 290,
    r"\bhours?\b": 360,  # time
    r"\bpress(?:es|ed)?\b": 260,  # click
    r"\bby (?:itself|themselves)\b": 210,
    r"\b(?:bears?|borne)\b": 150,
    r"\bsigns?\b": 550,  # character
    # Gone: byte, phone, attacker, again, continues.
    r"\b[Oo]ctets?\b": 2,
    r"\b[Tt]elephones?\b": 2,
    r"\bthie(?:f|ves)\b": 1,
    r"\banew\b": 1,
    r"\bgo(?:es)? on\b": 2,
}
QUOTED = re.compile(r"```.*?```|`[^`]*`|«[^»]*»|“[^”]*”", re.DOTALL)


@pytest.mark.parametrize("pattern", BOUNDS)
def test_a_word_of_a_dialect_is_not_used_more_often(pattern: str) -> None:
    count = len(re.findall(pattern, prose(), re.MULTILINE))
    assert count <= BOUNDS[pattern], f"{pattern}: {count}"


@cache
def prose() -> str:
    texts = [path for path in committed() if path.suffix in {".py", ".md"}]
    apart = {HOUSE / "CHANGELOG.md", Path(__file__)}
    return "\n".join(QUOTED.sub("", _prose_of(path)) for path in texts if path not in apart)


def _prose_of(path: Path) -> str:
    """Comments and docstrings of code; a paper whole."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        return text
    comments = [
        one.string for one in tokenize.generate_tokens(io.StringIO(text).readline) if one.type == tokenize.COMMENT
    ]
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    return "\n".join((*comments, *docs))
