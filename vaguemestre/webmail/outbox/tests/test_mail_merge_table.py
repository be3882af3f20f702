"""A pasted table: whatever a spreadsheet makes of it, and whatever stands in its cells."""

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis, strategies as st

from vaguemestre.academy.facts import academy
from vaguemestre.webmail.outbox.mail_merge import messages, table
from vaguemestre.webmail.outbox.mail_merge.table import UnreadableTableError, parse_table
from vaguemestre.webmail.people.address_list import parse_recipients

CELLS = st.text(max_size=40)


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_each_separator(separator: str) -> None:
    typed = separator.join(["nom", "courriel", "classe"]) + "\n" + separator.join(["Martin", "m@x.example", "6e A"])
    found = parse_table(typed)
    assert found.head == ("nom", "courriel", "classe")
    assert [line.cells for line in found.lines] == [("Martin", "m@x.example", "6e A")]
    assert found.address_column() == 1


def test_what_spreadsheets_do() -> None:
    typed = '\ufeffnom;mot;courriel;\r\n"Martin; Léa";"deux\r\nlignes ""dites""";m@x.example;\r\n\r\n;;;\r\nDupont'
    found = parse_table(typed)
    assert found.head == ("nom", "mot", "courriel")
    assert found.lines[0].cells == ("Martin; Léa", 'deux\nlignes "dites"', "m@x.example")
    assert found.lines[1].cells == ("Dupont", "", "")
    assert [line.number for line in found.lines] == [1, 2]


@pytest.mark.parametrize(
    ("head", "column"),
    [
        (("Adresse électronique", "secours"), 0), (("nom", "MÉL"), 1), (("a", "b"), 1),
        (("Adresse", "Courriel"), 1),  # the first is a street
    ],
)  # fmt: skip
def test_the_column_of_the_addresses(head: tuple[str, str], column: int) -> None:
    cells = {0: ("x@y.example", "12 rue des Lilas"), 1: ("12 rue des Lilas", "x@y.example")}[column]
    found = parse_table(table.table_text(head, [cells]))
    assert found.address_column() == column
    assert found.address_column(0) == 0
    assert found.address_column(9) == column


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Collez le tableau"), ("\n \n", "Collez le tableau"), ("nom;courriel", "rien en dessous"),
        ("nom;Nom\na;b", "deux colonnes"), (";".join("abcdefgh" * 10) + "\nx", "plus de 60 colonnes"),
        ("a;b\n" + "x" * 2_000_000, "trop grand"), ('nom;b\n"' + "x" * 200_000, "illisible vers la ligne"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_change(typed: str, words: str) -> None:
    with pytest.raises(UnreadableTableError) as problem:
        parse_table(typed)
    assert words.lower() in str(problem.value).lower()


def test_too_many_lines() -> None:
    most = academy().mailing.most_letters
    parse_table("courriel\n" + "a@x.example\n" * most)
    with pytest.raises(UnreadableTableError, match="au plus"):
        parse_table("courriel\n" + "a@x.example\n" * (most + 1))


def test_a_line_with_more_cells_than_headings_says_so() -> None:
    [line] = parse_table("nom;courriel\nMartin;m@x.example;en trop").lines
    assert line.too_long
    assert not parse_table("nom;courriel\nMartin;m@x.example;;").lines[0].too_long


def test_a_heading_without_a_name_has_one() -> None:
    assert parse_table("nom;;courriel\na;b;c").head == ("nom", "colonne 2", "courriel")


def test_formulas_and_signs_that_turn_text_round_are_words() -> None:
    found = parse_table("nom;courriel\n=HYPERLINK(A1);m@x.example\n\u202eabc\0\x1b[2J;n@x.example")
    assert found.lines[0].cells[0] == "=HYPERLINK(A1)"
    assert found.lines[1].cells[0] == "abc[2J"


@hypothesis(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_whatever_stands_in_it_a_table_is_read_or_refused(rows: list[list[str]]) -> None:
    try:
        found = parse_table(table.table_text(("un", "deux"), rows))
    except UnreadableTableError:
        return
    for line in found.lines:
        assert len(line.cells) == len(found.head)
        assert not any(sign < " " and sign != "\n" for cell in line.cells for sign in cell)
    again = parse_table(table.table_text(found.head, [line.cells for line in found.lines]))
    assert [line.cells for line in again.lines] == [line.cells for line in found.lines]


@hypothesis(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_no_name_becomes_a_second_person(name: str) -> None:
    [person] = parse_recipients(messages.recipient_text(name, "lea@x.example"))
    assert (person.address, person.valid) == ("lea@x.example", True)


def test_the_limit_is_that_of_the_authority() -> None:
    mail, mailing = academy().mail, academy().mailing
    assert mailing.per_hour < mail.recipients_per_hour
    assert mailing.at_once < mail.recipients_at_once
