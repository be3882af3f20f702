"""Tables of contacts: whatever a spreadsheet or a mail program wrote, and what a spreadsheet would run."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings, strategies as st

from vaguemestre.contacts import cards as contact_cards, tables
from vaguemestre.contacts.cards import Card, CardLine
from vaguemestre.contacts.import_report import FileRefusedError, Report
from vaguemestre.contacts.tables.columns import guess_columns
from vaguemestre.contacts.tables.csv_reader import own_cell
from vaguemestre.contacts.tables.csv_writer import safe_cell
from vaguemestre.testing import Cast

NOW = timezone.now()
THUNDERBIRD = (
    "Prénom,Nom de famille,Nom à afficher,Surnom,Première adresse électronique,Adresse électronique secondaire,"
    "Pseudo,Tél. professionnel,Tél. personnel,Fax,Pager,Portable,Adresse privée,Société,Service,Profession,Notes"
)
OUTLOOK = "Titre,Prénom,Deuxième prénom,Nom,Société,Service,Adresse de messagerie,Adresse de messagerie 2,Tél. mobile"
GMAIL = "First Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value,Labels,Birthday"


def taken(data: bytes, *meaning: str) -> Report:
    found = tables.parse_table(data)
    return tables.read_contacts(found, meaning or found.guessed())


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separator_and_encoding_are_found(separator: str, codec: str) -> None:
    rows = [["Prénom", "Nom", "Courriel"], ["Élodie", "Lefèvre, née Caron; veuve", "elodie@x.example"]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    (found,) = taken(out.getvalue().encode(codec)).cards
    assert (found.line, found.card.given, found.card.family) == (2, "Élodie", "Lefèvre, née Caron; veuve")
    assert found.card.addresses == (CardLine("elodie@x.example"),)


def test_headings_of_other_programs() -> None:
    assert guess_columns(THUNDERBIRD.split(",")) == [
        "given", "family", "display", "", "email", "email", "", "tel-work", "tel-home", "tel-fax", "", "tel-cell", "",
        "organisation", "unit", "function", "note",
    ]  # fmt: skip
    assert guess_columns(OUTLOOK.split(",")) == [
        "", "given", "", "family", "organisation", "unit", "email", "email", "tel-cell",
    ]  # fmt: skip
    assert guess_columns(GMAIL.split(",")) == ["given", "family", "organisation", "", "email", "tel", "groups", ""]


def test_a_street_is_not_taken_for_an_address() -> None:
    assert tables.parse_table(b"Nom;Adresse;Mail\nA;12 rue des Lilas;a@x.fr").guessed() == ["family", "", "email"]


def test_without_headings_addresses_are_known_by_their_form() -> None:
    found = tables.parse_table(b"Anne;anne@x.fr;06 12 34 56 78\nPaul;paul@x.fr;+33612345678\n")
    assert (found.headings, found.guessed()) == ((), ["", "email", "tel"])
    report = tables.read_contacts(found, ["given", "email", "tel"])
    assert [numbered.line for numbered in report.cards] == [1, 2]


def test_refused_lines_have_their_number_and_the_reason() -> None:
    report = taken(
        b'Nom;Mail\r\n\r\nAnne;"anne\r\n@x.fr"\r\nPaul;paul@x.fr\r\n;\r\n;;\r\nZoe;z@x.fr;trop\r\nMarc;\r\n'
        b";pas une adresse\r\n"
    )
    assert [numbered.card.family for numbered in report.cards] == ["Paul", "Marc"]
    assert [said.line for said in report.refused] == [3, 8, 10]
    assert len({said.reason for said in report.refused}) == 3


def test_several_things_in_a_cell_and_names_with_addresses() -> None:
    (found,) = taken(
        b"Name,E-mail 1 - Value,Labels\nAnne,a@x.fr ::: Anne <b@x.fr> ::: A@X.fr,* myContacts ::: 4e B;Chorale\n"
    ).cards
    assert [line.value for line in found.card.addresses] == ["a@x.fr", "b@x.fr"]
    assert found.card.groups == ("4e B", "Chorale")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "vide"), (b"\r\n ; ; \r\n", "vide"), (b"\x00\x01" * 5000, "tableau"), (b";" * 300 + b"\n", "vide"),
        (b"Nom" + b";x" * 300, "200"), (b'Nom;Mail\n"' + b"a" * 200_000, "guillemet"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(FileRefusedError, match=words):
        taken(data)


def test_a_hundred_thousand_lines_are_refused() -> None:
    with pytest.raises(FileRefusedError, match=r"10\s000 lignes"):
        taken(b"Nom;Mail\n" + b"A;a@x.fr\n" * 100_000)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_nothing_breaks_it(data: bytes) -> None:
    try:
        found = tables.parse_table(data)
        tables.read_contacts(found, ["given", "email", "groups", "note"])
    except FileRefusedError:
        return
    found.sample()


@given(st.text(max_size=50))
def test_no_cell_is_a_formula_and_each_comes_back(cell: str) -> None:
    assert not safe_cell(cell).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert own_cell(safe_cell(cell)) == cell


def test_written_and_read_again(cast: Cast) -> None:
    cards = [
        Card(
            given="=1+1", family='O"Hara; <script>alert(1)</script>', organisation="@SUM(A1)", function="-2",
            note="a\nb; \"c\"", addresses=(CardLine("a@x.fr"), CardLine("b@x.fr")),
            numbers=(CardLine("+33 6 12", "cell"), CardLine("+33 3 22", "work"), CardLine("+33 3 23", "work")),
            groups=("4e B", "=x"),
        ),
        Card(given="Zoé", family="Ünal"),
    ]  # fmt: skip
    contact_cards.add_contacts(cast.teacher, cards, now=NOW)
    written = b"".join(tables.csv_chunks(cast.teacher))
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    again = [numbered.card for numbered in taken(written).cards]
    assert sorted(again, key=lambda card: card.given) == sorted(cards, key=lambda card: card.given)


def test_a_group_alone_and_nobody_else_s(cast: Cast, django_assert_max_num_queries: Any) -> None:
    contact_cards.add_contacts(cast.teacher, [Card(given="Anne", groups=("4e B",)), Card(given="Paul")], now=NOW)
    contact_cards.add_contact(cast.head, Card(given="Secret"), now=NOW)
    group = cast.teacher.contact_groups.get()
    with django_assert_max_num_queries(6):
        written = b"".join(tables.csv_chunks(cast.teacher, group=group)).decode()
    assert "Anne" in written
    assert "Paul" not in written
    assert "Secret" not in b"".join(tables.csv_chunks(cast.teacher)).decode()
