"""Values between separators (CSV), as spreadsheets and people write them. Linear in the size of the text, always: the
library's own guess (`csv.Sniffer`) can take minutes."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice

LOOKED_AT = 50  # rows, to find the separator
_EXCEL = re.compile(r"sep=(.)\r?\n")  # what may stand before the table, for Excel


class OpenQuoteError(Exception):
    """A quotation mark is never closed: a cell is larger than 128 KB. `line`: where its row begins."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def find_separator(text: str, among: str = ";,\t|") -> str:
    """One that cuts the first row, and of those the one that cuts most rows into as many cells each."""
    if (match := _EXCEL.match(text)) and match[1] in among:
        return match[1]
    return max(among, key=lambda sign: _fitness(text, sign))


def read_rows(text: str, sign: str, most: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """Each with the line where it begins. Raises OpenQuoteError."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=sign)
    if _EXCEL.match(text):
        next(reader)
    line = reader.line_num + 1
    try:
        for row in islice(reader, most):
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise OpenQuoteError(line) from error


def usual_width(found: Iterable[list[str]]) -> tuple[int, int]:
    """How many of the first rows have as many cells as most of them, and how many cells that is."""
    counts = Counter(len(row) for row in islice(found, LOOKED_AT))
    return max(((count, width) for width, count in counts.items()), default=(0, 0))


def _fitness(text: str, sign: str) -> tuple[bool, int, int]:
    filled = (row for _line, row in read_rows(text, sign) if any(cell.strip() for cell in row))
    try:
        found = list(islice(filled, LOOKED_AT))
    except OpenQuoteError:
        return False, 0, 0
    count, width = usual_width(found)
    return bool(found) and len(found[0]) > 1, count if width > 1 else 0, width


def harmless_cell(value: str) -> str:
    """For a file that a spreadsheet opens: it must not take a value from elsewhere for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value
