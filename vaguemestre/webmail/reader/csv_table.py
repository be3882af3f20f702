"""A file of values between commas as a table, whatever its separator."""

from dataclasses import dataclass

from vaguemestre.web import separated_values
from vaguemestre.web.separated_values import OpenQuoteError

ROWS, COLUMNS, CELL = 500, 60, 500  # what is shown; the whole is in the file


@dataclass(frozen=True, slots=True)
class CsvTable:
    head: list[str]
    rows: list[list[str]]
    cut: bool


def parse_csv_table(text: str) -> CsvTable:
    rows: list[list[str]] = []
    try:
        for _line, row in separated_values.read_rows(text, separated_values.find_separator(text), ROWS + 2):
            rows.append([cell[:CELL] for cell in row[:COLUMNS]])
    except OpenQuoteError:
        rows.append(["…"])
    width = max((len(row) for row in rows), default=0)
    even = [row + [""] * (width - len(row)) for row in rows]
    return CsvTable(even[0] if even else [], even[1 : ROWS + 1], len(even) > ROWS + 1)
