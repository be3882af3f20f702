"""A file of values between commas as a table, whatever its separator."""

import csv
from dataclasses import dataclass
from itertools import islice

ROWS, COLUMNS, CELL = 500, 60, 500  # what is shown; the whole is in the file
SEPARATORS = ";,\t|"


@dataclass(frozen=True, slots=True)
class Sheet:
    head: list[str]
    rows: list[list[str]]
    cut: bool


def read(text: str) -> Sheet:
    """The most frequent sign of the first line separates; the library's own guess can take minutes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    lines = csv.reader(text.splitlines(), delimiter=separator)
    rows: list[list[str]] = []
    try:
        for row in islice(lines, ROWS + 2):
            rows.append([cell[:CELL] for cell in row[:COLUMNS]])
    except csv.Error:
        rows.append(["…"])
    width = max((len(row) for row in rows), default=0)
    even = [row + [""] * (width - len(row)) for row in rows]
    return Sheet(even[0] if even else [], even[1 : ROWS + 1], len(even) > ROWS + 1)
