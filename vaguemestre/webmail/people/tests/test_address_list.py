"""Addresses as people paste them."""

import re
from email.utils import getaddresses

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime import header_fields
from vaguemestre.webmail.people.address_list import Recipient, parse_recipients, recipients_text, without_duplicates


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
        ("a@x.fr b@x.fr  c@x.fr", [("", "a@x.fr"), ("", "b@x.fr"), ("", "c@x.fr")]),
        ("équipe: jean@x.fr, Zoé <zoe@x.fr>;", [("", "jean@x.fr"), ("Zoé", "zoe@x.fr")]),
    ],
)
def test_pasted_addresses_are_told_apart(typed: str, expected: list[tuple[str, str]]) -> None:
    assert [(person.name, person.address) for person in parse_recipients(typed)] == expected


@pytest.mark.parametrize(
    "typed",
    ["jean", "jean@", "@x.fr", "jean@x", "je an@x.fr@", "jean@@x.fr", ".jean@x.fr", "jean.@x.fr", "jean@-x.fr", "<>",
     "é@x.fr", "a@x.fr b@x.fr c", "x" * 65 + "@x.fr", '"unfinished <a@x.fr'],
)  # fmt: skip
def test_what_is_not_an_address_is_kept_to_be_mended(typed: str) -> None:
    [person] = parse_recipients(typed)
    assert not person.valid
    assert person.address == " ".join(typed.split())


def test_what_is_kept_is_read_back_the_same() -> None:
    people = [
        Recipient("Dupont, Jean", "jean@x.fr"), Recipient('a "b" \\c', "b@x.fr"), Recipient("", "c@x.fr"),
        Recipient("", "pas une adresse", valid=False), Recipient("Élise Noël", "e@x.fr"),
    ]  # fmt: skip
    assert parse_recipients(recipients_text(people)) == people


def test_a_name_that_is_an_address_or_a_line_break_brings_nobody_in() -> None:
    people = [Address("evil@x.fr, other@x.fr", "jean@x.fr"), Address("two\r\nBcc: evil@x.fr", "b@x.fr")]
    assert [person.address for person in parse_recipients(recipients_text(people))] == ["jean@x.fr", "b@x.fr"]


@pytest.mark.parametrize("flood", ['"\\', '"', "<", "<>", "x<,", '"a" <', "a@"])
def test_floods_are_read_once(flood: str) -> None:
    """Quadratic work would not end within the run."""
    assert parse_recipients(flood * (100_000 // len(flood)))


def test_two_thousand_people_are_read_in_one_go() -> None:
    typed = ", ".join(f"Personne {number} <p{number}@x.fr>" for number in range(2000))
    assert len(parse_recipients(typed)) == 2000


patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is slow, not wrong

# Pieces from which somebody would build a second recipient, a header, or a name that is taken for another.
HOSTILE = st.lists(
    st.sampled_from([
        "jean@x.fr", "evil@y.example", "<", ">", "\"", "\\", ",", ";", ":", "\r\n", "\n", "\t", " ", "Bcc:", "(", ")",
        "=?utf-8?q?=0D=0ABcc:_evil=40y.example?=", "=?utf-8?b?ZXZpbEB5LmV4YW1wbGU=?=", "équipe:", ";", "\"a b\"@x.fr",
        "jean(c)@x.fr", "@", "x@école.fr", "x@xn--cole-9oa.fr", "\0", "\u202e", "\u2028", "é", "Jean", "[127.0.0.1]",
        "mailto:",
    ]), max_size=14,
).map("".join)  # fmt: skip


@patiently
@given(HOSTILE)
def test_whatever_is_typed_is_kept_and_read_again_the_same(text: str) -> None:
    people = parse_recipients(text)
    assert parse_recipients(recipients_text(people)) == people
    assert len(recipients_text(people).split("\n")) == max(1, len(people))


@patiently
@given(HOSTILE)
def test_what_is_taken_for_an_address_is_one_and_no_more(text: str) -> None:
    """As a mail program reads it, and as ours would write it into a header."""
    for person in parse_recipients(text):
        if not person.valid:
            continue
        assert person.address.isascii()
        assert not set(person.address) & set('\r\n\0 ,;:<>()[]"\\')
        assert person.address.count("@") == 1
        field = header_fields.address_field("To", [Address(person.name, person.address)])
        unfolded = re.sub(rb"\r\n(?= )", b"", field.removesuffix(b"\r\n"))
        assert not set(unfolded) & set(b"\r\n\0")
        assert [address for _name, address in getaddresses([unfolded.decode("ascii")[4:]])] == [person.address]


@patiently
@given(HOSTILE, HOSTILE)
def test_a_name_adds_nobody(name: str, address: str) -> None:
    """Of a mail that somebody sent: its names come back in the field of an answer."""
    before = parse_recipients(recipients_text([Address("", "jean@x.fr")]))
    after = parse_recipients(recipients_text([Address(name, "jean@x.fr")]))
    assert [one.address for one in after if one.valid] == [one.address for one in before]
    assert without_duplicates(f"{name} <jean@x.fr>\njean@x.fr", "JEAN@x.fr", address)[1] == ""


@pytest.mark.parametrize(
    "typed",
    ["undisclosed-recipients:;", '"a b"@x.fr', "jean(comment)@x.fr", "jean@[127.0.0.1]",
     "jean@x.fr\0", "=?utf-8?q?jean=40x.fr?=", "=?utf-8?q?jean?=@x.fr", "jean\u202e@x.fr", "a@x.fr Bcc: b@x.fr"],
)  # fmt: skip
def test_what_only_a_specialist_would_write_is_never_half_understood(typed: str) -> None:
    """Groups, comments, quoted locals, literals: nobody is written to who was not plainly named."""
    assert not [person.address for person in parse_recipients(typed) if person.valid]
