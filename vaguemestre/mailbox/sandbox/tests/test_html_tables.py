"""A page that calls itself a spreadsheet: what is read of it, and the spreadsheet that is made of it."""

import re
import time
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from vaguemestre.mailbox.sandbox.converter import spreadsheet
from vaguemestre.mailbox.sandbox.converter.html_tables import table_rows
from vaguemestre.mailbox.sandbox.converter.spreadsheet import Cell


def read(html: str) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table_rows(f"<meta charset=utf-8>{html}".encode())]


def content(made: list[list[Cell]], folder: Path) -> str:
    spreadsheet.write_spreadsheet(made, folder / "a.ods")
    with ZipFile(folder / "a.ods") as archive:
        assert archive.namelist()[0] == "mimetype"
        for name in ("content.xml", "styles.xml", "META-INF/manifest.xml"):
            ElementTree.fromstring(archive.read(name))  # our own
        return archive.read("content.xml").decode()


@pytest.mark.parametrize(
    "before", ["", " ", "&nbsp;", "&#160; ", "\u00a0", "&shy;", "&#x2060;", "&#xFEFF;&nbsp;", "<b>"]
)
@pytest.mark.parametrize("written", ["007", "=1+1", "12/05/2026", "0601020304", "+33 6"])
def test_words_stay_as_they_were_written(before: str, written: str, tmp_path: Path) -> None:
    html = f"<table><tr><td>{before}{written}</table>"
    assert read(html) == [[written]]
    assert f'office:value-type="string"><text:p>{written}</text:p>' in content(table_rows(html.encode()), tmp_path)


def test_what_stands_around_and_within_tables_is_kept_in_its_order() -> None:
    assert read(
        "<h1>Notes</h1>de 5e B<table><caption>Trimestre 1</caption>"
        "<tr><th>Nom<th>Note<tr><td>É<br>Camille<td>8,5</table><p>Fin<script>x()</script><table><tr><td>Avant<table><tr><td>dedans</table></table>"
    ) == [
        ["Notes"], ["de 5e B"], ["Trimestre 1"], ["Nom", "Note"], ["É\nCamille", "8,5"], ["Fin"], ["Avant"], ["dedans"],
    ]  # fmt: skip


def test_a_cell_that_reaches_down_keeps_its_place_below(tmp_path: Path) -> None:
    made = content([[Cell("a", down=2), Cell("b")], [Cell("c")], [Cell("d", across=999)]], tmp_path)
    second = made.split("<table:table-row")[2]
    assert second.index("covered-table-cell") < second.index("<text:p>c")
    assert 'number-columns-spanned="2"' in made.split("<table:table-row")[3]


def test_headings_stand_on_each_page_and_numbers_on_the_right(tmp_path: Path) -> None:
    title = Cell("5e B", outside=True)
    made = content(
        [[title], [Cell("Nom", heading=True), Cell("Note", heading=True)], [Cell("<É&>"), Cell("8,5")]], tmp_path
    )
    head, repeated, rest = made.partition("</table:table-header-rows>")
    assert "Note" in head.partition("<table:table-header-rows>")[2]
    assert "5e B" in head.partition("<table:table-header-rows>")[0]
    assert repeated
    assert "table-header-rows" not in rest
    assert "table-header-rows" not in content([[Cell("a")]], tmp_path)
    assert "&lt;É&amp;&gt;" in made
    assert 'table:style-name="number" office:value-type="string"><text:p>8,5' in made


def test_nothing_of_a_page_takes_long_or_breaks_the_file(tmp_path: Path) -> None:
    begun = time.monotonic()
    wide = "<table>" + "<tr><td rowspan=999 colspan=999>x<td>\x01\uffff" * 2_000 + "</table>"
    assert "\x01" not in content(table_rows(wide.encode()), tmp_path)
    assert content(table_rows(b""), tmp_path)
    assert time.monotonic() - begun < 10


def test_no_cell_is_lost_beside_one_that_reaches_down_from_a_row_of_its_own(tmp_path: Path) -> None:
    made = content([[Cell("Classe", down=3)], [Cell("Nom"), Cell("Note")], [Cell("É"), Cell("8,5")]], tmp_path)
    assert re.findall("<text:p>(.*?)</text:p>", made) == ["Classe", "Nom", "Note", "É", "8,5"]


def test_a_title_that_says_it_is_wide_makes_no_wide_table(tmp_path: Path) -> None:
    """The sheet is made as narrow as a page: its words could not be read."""
    made = content([[Cell("5e B", across=300)], [Cell("Nom"), Cell("Note", across=99)]], tmp_path)
    assert made.count("<table:table-column ") == 2
    assert 'number-columns-spanned="2"' in made


def test_a_few_cells_that_say_they_fill_millions_of_places_make_no_large_file(tmp_path: Path) -> None:
    row = [Cell("x", across=999, down=999) for _ in range(17)]
    assert len(content([row, *[[Cell("b"), Cell("c")] for _ in range(500)]], tmp_path)) < 1_000_000
