"""`python -m vaguemestre.mailbox.sandbox.converter.html_tables SOURCE TARGET`: the tables of a page, as a spreadsheet.

What school software exports "to Excel" is often a page under the name of a spreadsheet. What is read of it continues to
LibreOffice (`spreadsheet`): cells, their words, how many places they fill. No address, no picture, no style, no script;
no formula either, for none was meant.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import nh3

from vaguemestre.mailbox.mime import charsets
from vaguemestre.mailbox.sandbox.converter import spreadsheet
from vaguemestre.mailbox.sandbox.converter.spreadsheet import Cell

_WORDS = {"b", "br", "caption", "center", "div", "em", "h1", "h2", "h3", "h4", "i", "p", "span", "strong", "u"}
_TAGS = _WORDS | {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_GONE = {"head", "iframe", "math", "object", "script", "select", "style", "svg", "template", "textarea", "title", "xml"}
_CELL = {"colspan", "rowspan"}
_NEW_LINE = {"br", "caption", "div", "h1", "h2", "h3", "h4", "p", "table"}
_META = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    spreadsheet.write_spreadsheet(table_rows(source.read_bytes()), target)


def table_rows(raw: bytes) -> list[list[Cell]]:
    """What stands outside of tables too, each line a row."""
    said = _META.search(raw[:4096])
    html = nh3.clean(
        charsets.decode(raw, said[1].decode("ascii") if said else ""),
        tags=_TAGS, clean_content_tags=_GONE, attributes={"td": _CELL, "th": _CELL}, attribute_filter=_attribute,
        url_schemes=set(), link_rel=None, strip_comments=True,
    )  # fmt: skip
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.leave_row()
    return reader.rows


def _attribute(_tag: str, _name: str, value: str) -> str | None:
    return value if re.fullmatch(r"[1-9]\d{0,2}", value.strip()) else None


class _Reader(HTMLParser):
    """Of what `nh3` has written: every tag is closed. A table within a cell has its rows below it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[Cell]] = []
        self._row: list[Cell] = []
        self._cell: Cell | None = None
        self._loose: list[str] = []
        self._words: list[str] = self._loose

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"tr", "table"}:
            self.leave_row()
        if tag in {"td", "th"}:
            said = {name: int((value or "1").strip()) for name, value in attrs}
            self._cell = Cell("", said.get("colspan", 1), said.get("rowspan", 1), heading=tag == "th")
            self._words = []
        elif tag in _NEW_LINE:
            self._words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._leave_cell()
        elif tag in {"tr", "table"}:
            self.leave_row()
        elif tag in _NEW_LINE:
            self._words.append("\n")

    def handle_data(self, data: str) -> None:
        self._words.append(_UNSEEN.sub("", data.replace("\r", " ").replace("\n", " ")))

    def leave_row(self) -> None:
        self._leave_cell()
        if self._row:
            self.rows.append(self._row)
            self._row = []
        for line in filter(None, _lines(self._loose)):
            self.rows.append([Cell(line, outside=True)])
        self._loose.clear()

    def _leave_cell(self) -> None:
        if self._cell is not None:
            self._cell.text = "\n".join(_lines(self._words)).strip("\n")
            self._row.append(self._cell)
        self._cell, self._words = None, self._loose


def _lines(words: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in "".join(words).split("\n")]


if __name__ == "__main__":
    main()
