"""Tables of contacts (CSV) as spreadsheets and mail programs write them: encoding and separator are found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from vaguemestre.contacts import address_normalisation, groups
from vaguemestre.contacts.cards import MOST, MOST_LINES, Card, CardLine, settle_card
from vaguemestre.contacts.import_report import FileRefusedError, Numbered, Report, ReportRemark, excerpt
from vaguemestre.contacts.models import LONGEST_NAME, LONGEST_NOTE
from vaguemestre.contacts.tables import columns
from vaguemestre.web import separated_values
from vaguemestre.web.separated_values import OpenQuoteError

SEPARATORS = ";,\t"
MOST_COLUMNS = 200
SHOWN = 3
FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
SEVERAL = re.compile(r"\s*:::\s*")  # Gmail's way to put several things in one cell
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` without the headings; `headings` empty when the first line is somebody already."""

    text: str
    separator: str
    headings: tuple[str, ...]
    width: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """With the line each begins at. Raises FileRefusedError for a cell without an end."""
        rows = _rows(self.text, self.separator)
        if self.headings:
            next(rows, None)
        return rows

    def sample(self) -> list[list[str]]:
        found: list[list[str]] = []
        for _line, row in self.rows():
            found.append([_shown(row[place]) if place < len(row) else "" for place in range(self.width)])
            if len(found) == SHOWN:
                break
        return found

    def guessed(self) -> list[str]:
        """A column called "adresse" without an address in it is the street."""
        if not self.headings:
            return columns.guess_columns_from(self.sample(), self.width)
        seen = self.sample()
        return [
            columns.SKIP if field == "email" and not _may_be_addresses([row[place] for row in seen]) else field
            for place, field in enumerate(columns.guess_columns(self.headings))
        ]


def parse_table(data: bytes) -> Table:
    """Raises FileRefusedError."""
    text = _decoded(data)
    separator = separated_values.find_separator(text, SEPARATORS)
    first = next(_rows(text, separator), None)
    if first is None or not any(sign.isalnum() for sign in text):
        raise FileRefusedError(_("This file is empty."))
    headings = tuple(cell.strip() for cell in first[1]) if columns.are_headings(first[1]) else ()
    _count, usual = separated_values.usual_width(row for _line, row in _rows(text, separator))
    width = len(headings) or usual
    if width > MOST_COLUMNS:
        raise FileRefusedError(_("This table has more than 200 columns: keep those of the names and addresses."))
    return Table(text, separator, headings, width)


def read_contacts(found: Table, meaning: Sequence[str]) -> Report:
    """`meaning`: what each column holds (`columns`). Raises FileRefusedError for too many."""
    report = Report()
    for number, (line, row) in enumerate(found.rows(), 1):
        if number > MOST:
            raise FileRefusedError(_("This table holds more than 10,000 lines. Divide it, or export fewer contacts."))
        card, problem = _card(line, row, meaning, report)
        if problem:
            report.refused.append(ReportRemark(line, problem, excerpt(" ".join(row))))
        else:
            report.cards.append(Numbered(line, card))
    return report


def _card(line: int, row: Sequence[str], meaning: Sequence[str], report: Report) -> tuple[Card, str]:
    """Also why it is no card."""
    cells: dict[str, list[str]] = {}
    for field, cell in zip(meaning, row, strict=False):
        if field and (value := own_cell(_CONTROL.sub("", cell).strip())):
            cells.setdefault(field, []).append(value)
    if any(cell.strip() for cell in row[len(meaning) :]):
        return Card(), _("This line has more cells than the others: a separator stands inside a cell without quotes.")
    mails, wrong = _addresses(cells)
    card = Card(
        given=_one(cells, "given"), family=_one(cells, "family"), display=_one(cells, "display"),
        organisation=_one(cells, "organisation"), units=tuple(one[:LONGEST_NAME] for one in cells.get("unit", [])),
        function=_one(cells, "function"), note="\n".join(cells.get("note", []))[:LONGEST_NOTE],
        addresses=mails, numbers=_numbers(cells), groups=_groups(cells),
    )  # fmt: skip
    if wrong and not mails:
        return card, _("“%s” is not an e-mail address.") % excerpt(wrong)
    if card.empty:
        return card, _("Neither a name, nor an address, nor a number.")
    if wrong:
        report.remarks.append(ReportRemark(line, _("This is not an e-mail address: left out."), excerpt(wrong)))
    return settle_card(card), ""


def own_cell(cell: str) -> str:
    """What we write before a cell that a spreadsheet would take for a formula (`csv_writer.safe_cell`) comes off
    again."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell) else cell


def _one(cells: dict[str, list[str]], field: str) -> str:
    return " ".join(cells.get(field, [""])[0].split())[:LONGEST_NAME].strip()


def _addresses(cells: dict[str, list[str]]) -> tuple[tuple[CardLine, ...], str]:
    """The addresses, and the first that is none."""
    found: dict[str, CardLine] = {}
    wrong = ""
    for field in columns.ADDRESSES:
        for typed in _several(cells, field):
            address = address_normalisation.normalise_address(_bare(typed))
            if address is None:
                wrong = wrong or typed
            elif len(found) < MOST_LINES:
                found.setdefault(address, CardLine(address, _kind(field)))
    return tuple(found.values()), wrong


def _bare(typed: str) -> str:
    """`Anne Auteur <anne@…>`: some programs write the name too."""
    match = re.search(r"<([^<>]{3,254})>\s*$", typed)
    return match[1] if match else typed


def _numbers(cells: dict[str, list[str]]) -> tuple[CardLine, ...]:
    found = [
        CardLine(" ".join(number.split())[:60], _kind(field))
        for field in columns.NUMBERS
        for number in _several(cells, field)
    ]
    return tuple(dict.fromkeys(found))[:MOST_LINES]


def _kind(field: str) -> str:
    return field.partition("-")[2]


def _groups(cells: dict[str, list[str]]) -> tuple[str, ...]:
    names = [groups.tidy_name(name) for cell in _several(cells, "groups") for name in re.split(r"[;,|]", cell)]
    kept = [name for name in dict.fromkeys(names) if groups.fold_name(name) and name.lower() not in groups.EVERYBODY]
    return tuple(kept[:50])


def _several(cells: dict[str, list[str]], field: str) -> list[str]:
    return [part.strip() for cell in cells.get(field, []) for part in SEVERAL.split(cell) if part.strip()]


def _decoded(data: bytes) -> str:
    """With or without a mark; UTF-8 when it is that, else what Windows writes in Western Europe."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\x00" in text[:4096]:
        raise FileRefusedError(_("This is not a table. In the spreadsheet, save it as “CSV”."))
    return text


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Without empty lines. Raises FileRefusedError."""
    try:
        for line, row in separated_values.read_rows(text, separator):
            if any(cell.strip() for cell in row):
                yield line, row
    except OpenQuoteError as error:
        raise FileRefusedError(
            _("Line %d: a quotation mark is opened and never closed. Put it right, then import again.") % error.line
        ) from error


def _may_be_addresses(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return not filled or any("@" in cell for cell in filled)


def _shown(cell: str) -> str:
    return excerpt(_CONTROL.sub("", cell))
