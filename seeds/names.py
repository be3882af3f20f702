"""The names that invented staff are drawn from: `names.toml`, read once."""

import tomllib
from pathlib import Path

_WORDS = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))

MASCULINE: list[str] = _WORDS["masculine"].split()
FEMININE: list[str] = _WORDS["feminine"].split()
FAMILY: list[str] = _WORDS["family"].split()
STREETS: list[str] = _WORDS["streets"]
SCHOOL_NAMES: list[str] = _WORDS["schools"]
TOWNS: dict[str, list[tuple[str, str, str]]] = {
    department: [(code, envelope, name) for code, envelope, name in towns]
    for department, towns in _WORDS["towns"].items()
}
