"""Words that outlive the code: what is signed, sealed, queued, bookmarked or kept by a browser is found again by them.

Each is a line of `frozen_words.txt`. A file may move and a function be renamed; these words stay. A new word is a new
line; one that goes or changes is lost in rows, letters, cookies and links of before, unless something takes them over.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from tests.test_files import HOUSE, python
from vaguemestre.clock import due, sliced_work

FILE = Path(__file__).parent / "frozen_words.txt"
SALTED = {"salted_hmac", "_hashed"}
HOLE = "{}"


def test_words_that_outlive_the_code() -> None:
    frozen = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    words = sorted({*_salts(), *_seals(), *_cookies(), *_jobs(), *_tasks(), *_addresses(get_resolver())})
    gone = [f"gone: {word}" for word in frozen if word not in words]
    new = [f"new: {word}" for word in words if word not in frozen]
    assert not gone + new, "\n".join(gone + new)


def test_a_salt_is_written_out() -> None:
    """`__name__` or a path made up on the way would change with the file."""
    unknown = [
        f"{path}:{expression.lineno} {ast.unparse(expression)}"
        for path, nodes in _nodes()
        for expression in _salt_expressions(nodes)
        if not _text(expression) and not ast.unparse(expression).lower().split("(")[0].endswith("salt")
    ]
    assert unknown == []


@cache
def _nodes() -> list[tuple[Path, list[ast.AST]]]:
    """What may bear a word, file by file: each is read and walked through once."""
    ours = [path for path in python() if not {"tests", "migrations"} & set(path.parts)]
    kinds = (ast.Call, ast.Assign, ast.FunctionDef, ast.Constant)
    walks = ((path, ast.walk(ast.parse(path.read_text(encoding="utf-8")))) for path in ours)
    return [(path, [node for node in walk if isinstance(node, kinds)]) for path, walk in walks]


def _salt_expressions(nodes: list[ast.AST]) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, ast.Call):
            if _called(node) in SALTED:
                yield node.args[0]
            yield from (one.value for one in node.keywords if one.arg == "salt" and ast.unparse(one.value) != "None")
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith("SALT"):
            if not isinstance(node.value, ast.Call):  # a salt of this process alone
                yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_salt"):
            yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _text(expression: ast.expr) -> str:
    """What is written out; "" for a name or a call. A value in it is a hole."""
    match expression:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or HOLE for part in parts)
    return ""


def _salts() -> Iterator[str]:
    for _path, nodes in _nodes():
        texts = map(_text, _salt_expressions(nodes))
        yield from (f"salt {text}" for text in texts if text and not text.startswith(HOLE))


def _constants() -> Iterator[object]:
    return (node.value for _path, nodes in _nodes() for node in nodes if isinstance(node, ast.Constant))


def _seals() -> Iterator[str]:
    for value in _constants():
        if isinstance(value, bytes) and value.startswith(b"vaguemestre "):
            yield f"seal {value.decode()}"


def _cookies() -> Iterator[str]:
    for value in _constants():
        if isinstance(value, str) and value.startswith(("__Host-", "__Secure-")) and " " not in value:
            yield f"cookie {value}"


def _jobs() -> Iterator[str]:
    return (f"job {name}" for name in due.jobs() if not name.startswith("tests."))


def _tasks() -> Iterator[str]:
    for path, nodes in _nodes():
        module = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and any(ast.unparse(one)[:4] == "task" for one in node.decorator_list):
                yield f"task {module}.{node.name}"
    yield from (f"work {name}" for name in sliced_work.names())


def _addresses(resolver: URLResolver, before: str = "/", space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if path.endswith("/<box:boite>/"):
            yield f"address {space}box {path}"  # and below it the pages of the same names
        elif isinstance(one, URLResolver):
            yield from _addresses(one, path, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield f"address {space}{one.name} {path}"
