"""Tables as text: the separator is found, rows have the line where they begin, and nothing takes long."""

import csv
from io import StringIO

import pytest
from hypothesis import assume, given, strategies as st

from vaguemestre.web.separated_values import OpenQuoteError, find_separator, read_rows

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a;b\n1;2", ";"), ("a,b\n1,2", ","), ("a\tb\n1\t2", "\t"), ("a|b\n1|2", "|"),
        ("nom;montant\nAnne;3,50\nPaul;4,20\nZoé", ";"),  # a short row, and a comma in most of them
        ("nom;note, suite\nAnne;x\nPaul;y", ";"), ('"Caron, veuve, née Petit";a@x\n', ";"),
        ("Mes contacts\n\nnom,mail\nAnne,a@x\n", ","), ("sep=,\r\na;b,c;d\r\n", ","), ("sep=x\na;b\n", ";"),
        ("\n" * 100 + "a,b", ","), ("", ";"), ("seul\nseul", ";"),
        ('"a,b\n' + "1,2\n" * 50_000, ";"),  # a quotation mark without an end, whichever it is
    ],
)  # fmt: skip
def test_the_separator_is_found(text: str, sign: str) -> None:
    assert find_separator(text, ";,\t|") == sign


@given(st.sampled_from(";,\t|"), st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=2, max_size=9))
def test_what_was_written_is_read(sign: str, table: list[list[str]]) -> None:
    out = StringIO(newline="")
    csv.writer(out, delimiter=sign).writerows(table)
    text = out.getvalue()
    assume(not text.startswith("sep="))
    assert [row for _line, row in read_rows(text, sign)] == table


def test_each_row_has_the_line_where_it_begins() -> None:
    assert list(read_rows('sep=;\na;"b\r\nc"\r\n\nd;e', ";")) == [(2, ["a", "b\r\nc"]), (4, []), (5, ["d", "e"])]
    assert [line for line, _row in read_rows("a\n" * 9, ";", most=2)] == [1, 2]


def test_an_open_quotation_mark_is_said_with_its_line() -> None:
    with pytest.raises(OpenQuoteError) as problem:
        list(read_rows('a;b\nc;d\ne;"' + "x\n" * 100_000, ";"))
    assert problem.value.line == 3
