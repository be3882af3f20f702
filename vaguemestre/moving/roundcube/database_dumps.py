"""The wanted tables of a Roundcube database, row by row: from a SQLite file, a MySQL dump or a PostgreSQL dump.

A reader of our own for three kinds of statement (CREATE TABLE, INSERT, COPY): a general parser of SQL would read a dump
of gigabytes whole, and knows nothing of the two escapings. Everything in a dump was once typed by somebody.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

WANTED = ("users", "identities", "contacts", "contactgroups", "contactgroupmembers")
LONGEST = 256 * 1024 * 1024  # letters of one statement; mysqldump cuts its own at 16 MB or so
type Row = Mapping[str, str | None]
_CREATE = re.compile(r'CREATE TABLE (?:IF NOT EXISTS )?(?:[`"]?\w+[`"]?\.)?[`"]?(\w+)[`"]?\s*\(', re.IGNORECASE)
_COLUMN = re.compile(r'\s*[`"](\w[\w-]*)[`"]\s|\s*(\w[\w-]*)\s+\w')
_INSERT = re.compile(
    r'INSERT (?:IGNORE )?INTO (?:[`"]?\w+[`"]?\.)?[`"]?(\w+)[`"]?\s*(\([^()]*\))?\s*VALUES\s*', re.IGNORECASE
)
_COPY = re.compile(r'COPY (?:"?\w+"?\.)?"?(\w+)"?\s*\(([^()]*)\) FROM stdin;', re.IGNORECASE)
_NO_COLUMN = {"primary", "key", "unique", "constraint", "index", "foreign", "check", "fulltext"}
_MYSQL = {"0": "\0", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a"}
_COPIED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# A value: a string, bytes in hexadecimal, a number or a word (NULL, true). MySQL escapes by backslashes; PostgreSQL
# and SQLite by doubled quotes alone.
_REST = r"|0x([0-9A-Fa-f]*)|([\w.+-]+))\s*([,)])"
_MYSQL_VALUE = re.compile(r"\s*(?:_\w+\s*)?(?:(E)?'((?:[^'\\]++|''|\\.)*+)'" + _REST, re.DOTALL)
_PLAIN_VALUE = re.compile(r"\s*(?:(?!E)()'((?:[^']++|'')*+)'" + _REST, re.DOTALL)
_OPENING = re.compile(r"\s*\(")


class DumpRefusedError(Exception):
    """Not a Roundcube database, or one that is broken off: nothing of it is taken."""


def read_dump(path: Path, prefix: str = "") -> dict[str, list[Row]]:
    """All rows of the wanted tables. Raises DumpRefusedError."""
    with path.open("rb") as file:
        head = file.read(16)
    found: dict[str, list[Row]] = {name: [] for name in WANTED}
    rows = _of_sqlite(path, prefix) if head == b"SQLite format 3\0" else _of_dump(path, prefix)
    for table, row in rows:
        found[table].append(row)
    if not found["users"]:
        raise DumpRefusedError("no users: is it a dump of Roundcube’s database, with its data?")
    return found


def _of_sqlite(path: Path, prefix: str) -> Iterator[tuple[str, Row]]:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        connection.text_factory = lambda octets: octets.decode("utf-8", "replace")
        connection.row_factory = sqlite3.Row
        known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in WANTED:
            if prefix + table in known:
                for row in connection.execute(f'SELECT * FROM "{prefix}{table}"'):  # noqa: S608 - a name of ours
                    yield table, {key: None if row[key] is None else str(row[key]) for key in row.keys()}  # noqa: SIM118
        connection.close()
    except sqlite3.DatabaseError as error:
        raise DumpRefusedError(str(error)) from error


def _of_dump(path: Path, prefix: str) -> Iterator[tuple[str, Row]]:
    columns: dict[str, list[str]] = {}
    names = {prefix + table: table for table in WANTED}
    value = _PLAIN_VALUE
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for line in lines:
            if line.startswith(("-- MySQL dump", "-- MariaDB dump", "INSERT INTO `")):
                value = _MYSQL_VALUE
            if found := _CREATE.match(line):
                if found[1] in names:
                    columns[names[found[1]]] = _columns(lines)
            elif (found := _COPY.match(line)) and found[1] in names:
                heads = [word.strip().strip('"') for word in found[2].split(",")]
                yield from ((names[found[1]], row) for row in _copied(lines, heads))
            elif (found := _INSERT.match(line)) and found[1] in names:
                table = names[found[1]]
                heads = (
                    [word.strip(' `"') for word in found[2][1:-1].split(",")] if found[2] else columns.get(table, [])
                )
                if not heads:
                    raise DumpRefusedError(f"{found[1]}: columns without names; dump the structure too")
                yield from ((table, row) for row in _inserted(line[found.end() :], lines, heads, value))


def _columns(lines: Iterator[str]) -> list[str]:
    """Of a CREATE TABLE as the two programs write it: a column a line."""
    found = []
    for line in lines:
        if line.lstrip().startswith(")"):
            break
        if (match := _COLUMN.match(line)) and (name := match[1] or match[2]).lower() not in _NO_COLUMN:
            found.append(name)
    return found


def _copied(lines: Iterator[str], heads: list[str]) -> Iterator[Row]:
    for line in lines:
        line = line.rstrip("\n")
        if line == r"\.":
            return
        cells = line.split("\t")
        if len(cells) != len(heads):
            raise DumpRefusedError("a line of COPY with other columns than it says")
        values = (None if cell == r"\N" else _ESCAPE.sub(lambda m: _COPIED.get(m[1], m[1]), cell) for cell in cells)
        yield dict(zip(heads, values, strict=True))
    raise DumpRefusedError("broken off inside a table")


def _inserted(text: str, lines: Iterator[str], heads: list[str], value: re.Pattern[str]) -> Iterator[Row]:
    """Rows in brackets up to a semicolon."""
    place = 0
    while True:
        row, place, text = _row(text, place, lines, heads, value)
        yield row
        while (rest := text[place:].lstrip()) == "":
            text, place = _more(text[place:], lines), 0
        if rest.startswith(";"):
            return
        if not rest.startswith(","):
            raise DumpRefusedError("a statement that is not understood")
        place = len(text) - len(rest) + 1


def _row(text: str, place: int, lines: Iterator[str], heads: list[str], value: re.Pattern[str]) -> tuple[Row, int, str]:
    while not (start := _OPENING.match(text, place)):
        if text[place:].strip():
            raise DumpRefusedError("a statement that is not understood")
        text, place = _more(text[place:], lines), 0
    values: list[str | None] = []
    at = start.end()
    while True:
        found = value.match(text, at)
        if found is None:
            text, at = _more(text[at:], lines), 0
            continue
        values.append(_value(found, escaped=value is _MYSQL_VALUE or bool(found[1])))
        at = found.end()
        if found[5] == ")":
            break
    if len(values) != len(heads):
        raise DumpRefusedError("a row with other columns than it says")
    return dict(zip(heads, values, strict=True)), at, text


def _value(found: re.Match[str], *, escaped: bool) -> str | None:
    if found[2] is not None:
        text = found[2].replace("''", "'")
        return _ESCAPE.sub(lambda match: _MYSQL.get(match[1], match[1]), text) if escaped else text
    if found[3] is not None:
        return bytes.fromhex(found[3]).decode("utf-8", "replace") if len(found[3]) % 2 == 0 else ""
    return None if found[4].upper() == "NULL" else found[4]


def _more(rest: str, lines: Iterator[str]) -> str:
    """With the lines up to one that may end a value: a long text is not looked through again at each of its lines."""
    held, size = [rest], len(rest)
    for line in lines:
        held.append(line)
        size += len(line)
        if size > LONGEST:
            raise DumpRefusedError("a statement without end")
        if "'" in line or ")" in line or ";" in line:
            return "".join(held)
    raise DumpRefusedError("broken off inside a statement")
