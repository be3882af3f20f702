"""A table as it is pasted from a spreadsheet or a file: a line of headings, then a line for each person.

Cells are words, whatever they look like: a formula is its own text, HTML is what somebody typed.
"""

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.web import separated_values
from vaguemestre.web.number_text import number_text
from vaguemestre.web.separated_values import OpenQuoteError
from vaguemestre.webmail.compose import merge_fields
from vaguemestre.webmail.people.address_list import is_address

LONGEST = 2_000_000  # signs
ROWS, COLUMNS, CELL, HEADING = 20_000, 60, 5_000, 80
SEPARATORS = "\t;,"
_ADDRESSES = frozenset(
    {
        "adresse", "adresse mail", "adresse e-mail", "adresse email", "adresse electronique", "adresse de messagerie",
        "adresse de courriel", "courriel", "mail", "e-mail", "email", "mel", "address", "destinataire",
    }
)  # fmt: skip


class UnreadableTableError(Exception):
    """The sentence says what to change in the table."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """`number`: as the person counts them, headings left out. `too_long`: it has more cells than there are headings."""

    number: int
    cells: tuple[str, ...]
    too_long: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    lines: tuple[TableRow, ...]

    def address_column(self, chosen: int | None = None) -> int | None:
        """The one that was chosen, or the one that is called so, or the one with most addresses in it."""
        if chosen is not None and chosen < len(self.head):
            return chosen
        named = [place for place, name in enumerate(self.head) if merge_fields.field_key(name) in _ADDRESSES]
        counts = [sum(is_address(line.cells[place]) for line in self.lines) for place in range(len(self.head))]
        candidates = [place for place in named if counts[place]] or [
            place for place, count in enumerate(counts) if count
        ]
        return max(candidates, key=lambda place: counts[place], default=None)


def parse_table(typed: str) -> Table:
    """Raises UnreadableTableError."""
    if len(typed) > LONGEST:
        raise UnreadableTableError(_("This table is too large. Send it in parts."))
    rows = list(_rows(typed.lstrip("\ufeff")))
    if not rows:
        raise UnreadableTableError(
            _("Paste the table: its first line holds the headings, each line below is one letter.")
        )
    head, *lines = rows
    while head and not head[-1]:
        head.pop()
    most = academy().mailing.most_letters
    if len(head) > COLUMNS:
        raise UnreadableTableError(
            _("This table has more than %d columns. Keep those that the letter needs.") % COLUMNS
        )
    if not lines:
        raise UnreadableTableError(_("There is a line of headings, and nothing below it: add a line for each person."))
    if len(lines) > most:
        words = {"count": number_text(len(lines)), "most": number_text(most)}
        raise UnreadableTableError(
            _("This table has %(count)s lines; a mailing has %(most)s letters at most. Send it in parts.") % words
        )
    return Table(_headings(head), tuple(_line(number, row, len(head)) for number, row in enumerate(lines, 1)))


def table_text(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """The same table as text, to be pasted and read again."""
    out = StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([head, *lines])
    return out.getvalue()


def _rows(typed: str) -> Iterator[list[str]]:
    """Lines on which nothing stands are left out."""
    sign = separated_values.find_separator(typed, SEPARATORS)
    try:
        for _line, row in separated_values.read_rows(typed, sign, ROWS):
            cells = [_cell(cell) for cell in row]
            if any(cells):
                yield cells
    except OpenQuoteError as error:
        raise UnreadableTableError(
            _("The table cannot be read near line %d: a quotation mark is open.") % error.line
        ) from error


def _cell(raw: str) -> str:
    """Without what moves a cursor or turns text round; the ends of its lines stay."""
    lines = unicodedata.normalize("NFC", raw[:CELL]).splitlines()
    kept = ("".join(sign for sign in line if unicodedata.category(sign)[0] != "C").strip() for line in lines)
    return "\n".join(kept).strip()


def _headings(head: Sequence[str]) -> tuple[str, ...]:
    """What a variable can be called; one without a name is told by its place."""
    bare = [" ".join(name.replace("{", "").replace("}", "").split())[:HEADING] for name in head]
    names = [name or _("column %d") % (place + 1) for place, name in enumerate(bare)]
    keys = [merge_fields.field_key(name) for name in names]
    twice = next((name for name, key in zip(names, keys, strict=True) if keys.count(key) > 1), None)
    if twice:
        raise UnreadableTableError(_("Two columns are called “%s”: give each a name of its own.") % twice)
    return tuple(names)


def _line(number: int, row: Sequence[str], width: int) -> TableRow:
    cells = [*row, *[""] * (width - len(row))]
    return TableRow(number, tuple(cells[:width]), too_long=any(cells[width:]))
