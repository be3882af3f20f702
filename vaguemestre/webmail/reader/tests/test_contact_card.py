"""What is read on a visiting card: of any age, from anybody."""

import pytest

from vaguemestre.webmail.reader.contact_card import CARD_LIMIT, INPUT_LIMIT, VALUE_LIMIT, parse_summaries


def test_cards_of_every_age() -> None:
    old = (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Lef=C3=A8vre;Zo=C3=A9\r\n"
        b"TEL;CELL:06\r\nNOTE;ENCODING=QUOTED-PRINTABLE:Salle =\r\n12\r\nEND:VCARD"
    )
    new = (
        "BEGIN:VCARD\nVERSION:4.0\nitem1.FN:Anne\n  Auteur\nORG:Collège;SVT\nEMAIL:mailto:anne@x.example\n"
        "ADR:;;1 rue\\, bis;Albert;;80300;\nROLE:Principale\nNOTE:un\\ndeux\nEND:VCARD"
    ).encode()
    first, second = parse_summaries(old + b"\r\n" + new)
    assert (first.name, first.telephones, first.note) == ("Zoé Lefèvre", ["06"], "Salle 12")
    assert (second.name, second.organisation, second.title) == ("Anne Auteur", "Collège, SVT", "Principale")
    assert second.addresses == ["1 rue, bis, Albert, 80300"]
    assert (second.mails, second.note) == (["anne@x.example"], "un\ndeux")


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b"", []),
        (b"\xff\xfe<html>", []),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", []),
        (b"BEGIN:VCARD\r\nFN:Sans fin\r\nBEGIN:VCARD\r\nFN:Ni celle-ci\r\n", ["Sans fin", "Ni celle-ci"]),
        ("BEGIN:VCARD\r\nFN:Zoé\r\nEND:VCARD".encode("utf-16"), ["Zoé"]),
        ("BEGIN:VCARD\r\nFN:Zoé\r\nEND:VCARD".encode("latin-1"), ["Zoé"]),
        (b"BEGIN:VCARD\r\nKIND:group\r\nFN:Les secondes\r\nEND:VCARD", ["Les secondes"]),
        (b"BEGIN:VCARD\r\nEMAIL:pas une adresse\r\nEND:VCARD", [""]),
        ("BEGIN:VCARD\r\nFN:\u202egpj\u0007.exe\r\nEND:VCARD".encode(), ["gpj.exe"]),
    ],
)
def test_it_never_fails(raw: bytes, names: list[str]) -> None:
    assert [card.name for card in parse_summaries(raw)] == names


def test_it_shows_so_many_and_no_more() -> None:
    card = b"BEGIN:VCARD\r\nFN:X\r\n" + b"".join(b"TEL:%d\r\n" % n for n in range(30)) + b"END:VCARD\r\n"
    cards = parse_summaries(card * (CARD_LIMIT + 1))
    assert (len(cards), len(cards[0].telephones)) == (CARD_LIMIT, VALUE_LIMIT)
    assert parse_summaries(b"\r\n" * (INPUT_LIMIT // 2) + card) == []
