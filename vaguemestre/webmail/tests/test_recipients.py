"""Addresses as people paste them."""

import pytest

from vaguemestre.mailbox.messages import Address
from vaguemestre.webmail.recipients import Recipient, parse, written


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a@x.fr", [("", "a@x.fr")]),
        ("a@x.fr, b@x.fr; c@x.fr\nd@x.fr\te@x.fr", [("", f"{letter}@x.fr") for letter in "abcde"]),
        ("Jean Dupont <jean@x.fr>", [("Jean Dupont", "jean@x.fr")]),
        ('"Dupont, Jean" <jean@x.fr>', [("Dupont, Jean", "jean@x.fr")]),
        ("Dupont, Jean <jean@x.fr>; Élise <e@x.fr>", [("Dupont, Jean", "jean@x.fr"), ("Élise", "e@x.fr")]),
        ('"a \\"b\\"" <jean@x.fr>', [('a "b"', "jean@x.fr")]),
        ("Jean Dupont jean@x.fr", [("Jean Dupont", "jean@x.fr")]),
        ("<mailto:jean@x.fr>", [("", "jean@x.fr")]),
        ("A@X.fr, a@x.FR", [("", "A@X.fr")]),
        ("o’neil.o'brien@x.fr", [("", "o’neil.o'brien@x.fr")]),
        ("jean@école.fr", [("", "jean@xn--cole-9oa.fr")]),
        (" ;, \n", []),
    ],
)
def test_pasted_addresses_are_told_apart(typed: str, expected: list[tuple[str, str]]) -> None:
    assert [(person.name, person.address) for person in parse(typed)] == expected


@pytest.mark.parametrize(
    "typed",
    ["jean", "jean@", "@x.fr", "jean@x", "je an@x.fr@", "jean@@x.fr", ".jean@x.fr", "jean.@x.fr", "jean@-x.fr", "<>",
     "é@x.fr", "a@x.fr b@x.fr c", "x" * 65 + "@x.fr", '"unfinished <a@x.fr'],
)  # fmt: skip
def test_what_is_not_an_address_is_kept_to_be_mended(typed: str) -> None:
    [person] = parse(typed)
    assert not person.valid
    assert person.address == " ".join(typed.split())


def test_what_is_kept_is_read_back_the_same() -> None:
    people = [
        Recipient("Dupont, Jean", "jean@x.fr"), Recipient('a "b" \\c', "b@x.fr"), Recipient("", "c@x.fr"),
        Recipient("", "pas une adresse", valid=False), Recipient("Élise Noël", "e@x.fr"),
    ]  # fmt: skip
    assert parse(written(people)) == people


def test_a_name_that_is_an_address_or_a_line_break_brings_nobody_in() -> None:
    people = [Address("evil@x.fr, other@x.fr", "jean@x.fr"), Address("two\r\nBcc: evil@x.fr", "b@x.fr")]
    assert [person.address for person in parse(written(people))] == ["jean@x.fr", "b@x.fr"]


@pytest.mark.parametrize("flood", ['"\\', '"', "<", "<>", "x<,", '"a" <', "a@"])
def test_floods_are_read_once(flood: str) -> None:
    """Quadratic work would not end within the run."""
    assert parse(flood * (400_000 // len(flood)))


def test_two_thousand_people_are_read_in_one_go() -> None:
    typed = ", ".join(f"Personne {number} <p{number}@x.fr>" for number in range(2000))
    assert len(parse(typed)) == 2000
