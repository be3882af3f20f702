"""Rows of words as a spreadsheet that LibreOffice prints as one reads it: lines around cells, headings on each page, no
wider than a page. Every cell is words: nothing is counted, and a number stays as it was written."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

_OF = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMES = (
    f'xmlns:office="{_OF}office:1.0" xmlns:table="{_OF}table:1.0" xmlns:text="{_OF}text:1.0" '
    f'xmlns:style="{_OF}style:1.0" xmlns:fo="{_OF}xsl-fo-compatible:1.0" office:version="1.3"'
)
_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{_OF}manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_LINES = 'fo:border="0.5pt solid #9aa0a8" fo:padding="0.07cm" fo:wrap-option="wrap" style:vertical-align="top"'
_CELLS = {
    "words": (_LINES, "start", "normal"),
    "number": (_LINES, "end", "normal"),
    "heading": (f'{_LINES} fo:background-color="#eceef1"', "center", "bold"),
    "outside": ('fo:padding="0.07cm"', "start", "bold"),  # a title above a table, a word below
}
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:[.,]\d{1,10})?\s?%?")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_A_CHARACTER, _NARROWEST, _WIDEST = 0.2, 1.3, 8.0  # cm
_MOST_COLUMNS = 1024  # a few cells may say that they fill a million places
_UPRIGHT, _ACROSS, _MARGIN = 21.0, 29.7, 1.2  # cm: a sheet of A4


@dataclass(slots=True)
class Cell:
    text: str
    across: int = 1
    down: int = 1
    heading: bool = False
    outside: bool = False


def write_spreadsheet(rows: Sequence[Sequence[Cell]], target: Path) -> None:
    columns = list(_columns(rows, _width(rows)))
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _TYPE, 0)
        archive.writestr("content.xml", _content(rows, columns))
        archive.writestr("styles.xml", _styles(sum(columns) > _UPRIGHT - 2 * _MARGIN))
        archive.writestr("META-INF/manifest.xml", _MANIFEST)


def _width(rows: Sequence[Sequence[Cell]]) -> int:
    """Up to the last column in which a cell begins: what it says that it fills beyond is empty."""
    begun = (len(row) - next(place for place, (cell, _across) in enumerate(reversed(row)) if cell)
             for row in _placed(rows, _MOST_COLUMNS) if any(cell for cell, _across in row))  # fmt: skip
    return max(begun, default=1)


def _columns(rows: Sequence[Sequence[Cell]], width: int) -> Iterator[float]:
    longest = [0.0] * width
    for row in _placed(rows, width):
        for place, (cell, across) in enumerate(row):
            if cell and across == 1 and not cell.outside:
                longest[place] = max(longest[place], *(_characters(line, cell) for line in cell.text.split("\n")))
    for characters in longest:
        yield min(_WIDEST, max(_NARROWEST, characters * _A_CHARACTER + 0.3))


def _characters(line: str, cell: Cell) -> float:
    """Of ordinary width."""
    return (len(line) + 0.35 * sum(letter.isupper() for letter in line)) * (1.15 if cell.heading else 1)


def _content(rows: Sequence[Sequence[Cell]], columns: Sequence[float]) -> str:
    widths = "".join(
        f'<style:style style:name="w{place}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{wide:.2f}cm"/></style:style>'
        for place, wide in enumerate(columns)
    )
    cells = "".join(
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default">'
        f'<style:table-cell-properties {frame}/><style:paragraph-properties fo:text-align="{side}"/>'
        f'<style:text-properties fo:font-weight="{weight}"/></style:style>'
        for name, (frame, side, weight) in _CELLS.items()
    )
    used = "".join(f'<table:table-column table:style-name="w{place}"/>' for place in range(len(columns)))
    first, head = _head(rows)
    drawn = list(_rows(rows, len(columns)))
    if head > first:
        drawn[first] = f"<table:table-header-rows>{drawn[first]}"
        drawn[head - 1] += "</table:table-header-rows>"
    return (
        f'<office:document-content {_NAMES}><office:automatic-styles>{widths}{cells}<style:style style:name="row" '
        'style:family="table-row"><style:table-row-properties style:use-optimal-row-height="true"/></style:style>'
        '<style:style style:name="sheet" style:family="table" style:master-page-name="page"/></office:automatic-styles>'
        '<office:body><office:spreadsheet><table:table table:name="1" table:style-name="sheet">'
        f"{used}{''.join(drawn)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )


def _head(rows: Sequence[Sequence[Cell]]) -> tuple[int, int]:
    """From which row to which the headings stand that each page repeats: below the title, above the rest."""
    first = next((place for place, row in enumerate(rows) if not all(cell.outside for cell in row)), 0)
    kept = (place for place, row in enumerate(rows) if place >= first and not all(cell.heading for cell in row))
    return first, next(kept, first)


def _rows(rows: Sequence[Sequence[Cell]], width: int) -> Iterator[str]:
    for row in _placed(rows, width):
        drawn = "".join(
            _covered(len(list(some))) if hidden else "".join(_cell(cell, across) for cell, across in some if cell)
            for hidden, some in groupby(row, lambda one: one[0] is None)
        )
        yield f'<table:table-row table:style-name="row">{drawn or "<table:table-cell/>"}</table:table-row>'


def _covered(places: int) -> str:
    return f'<table:covered-table-cell table:number-columns-repeated="{places}"/>'


def _placed(rows: Sequence[Sequence[Cell]], width: int) -> Iterator[list[tuple[Cell | None, int]]]:
    """A cell or none for each column: cells that reach into the rows below, or to the side, keep their place there."""
    reaching = [0] * width
    for row in rows:
        placed: list[tuple[Cell | None, int]] = []
        cells = iter(row)
        while (place := len(placed)) < width:
            if reaching[place]:
                reaching[place] -= 1
                placed.append((None, 1))
            elif cell := next(cells, None):
                across = _free(reaching, place, cell.across)
                placed += [(cell, across), *[(None, 1)] * (across - 1)]
                reaching[place : place + across] = [cell.down - 1] * across
            else:
                break
        yield placed


def _free(reaching: Sequence[int], place: int, wanted: int) -> int:
    """Up to the edge, or to what reaches down beside it."""
    across = 1
    while across < wanted and place + across < len(reaching) and not reaching[place + across]:
        across += 1
    return across


def _cell(cell: Cell, across: int) -> str:
    style = "heading" if cell.heading else "outside" if cell.outside else "words"
    if style == "words" and _NUMBER.fullmatch(cell.text):
        style = "number"
    spans = f' table:number-columns-spanned="{across}" table:number-rows-spanned="{cell.down}"'
    lines = "".join(f"<text:p>{escape(_NOT_XML.sub('', line))}</text:p>" for line in cell.text.split("\n"))
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string"'
        f"{spans if across * cell.down > 1 else ''}>{lines}</table:table-cell>"
    )


def _styles(across: bool) -> str:
    wide, high = (_ACROSS, _UPRIGHT) if across else (_UPRIGHT, _ACROSS)
    return (
        f'<office:document-styles {_NAMES}><office:styles><style:default-style style:family="table-cell">'
        '<style:text-properties fo:font-family="\'DejaVu Sans\'" fo:font-size="9pt"/></style:default-style>'
        '<style:style style:name="Default" style:family="table-cell"/></office:styles><office:automatic-styles>'
        f'<style:page-layout style:name="sheet"><style:page-layout-properties fo:page-width="{wide}cm" '
        f'fo:page-height="{high}cm" style:print-orientation="{"landscape" if across else "portrait"}" '
        f'fo:margin="{_MARGIN}cm" style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout>'
        '</office:automatic-styles><office:master-styles><style:master-page style:name="page" '
        'style:page-layout-name="sheet"><style:header style:display="false"/><style:footer style:display="false"/>'
        "</style:master-page></office:master-styles></office:document-styles>"
    )
