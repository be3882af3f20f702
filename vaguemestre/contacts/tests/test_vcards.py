"""vCards that come and go: what others wrote is still there, and what is wrong is said with its line."""

import base64

import pytest
from hypothesis import given, settings, strategies as st

from vaguemestre.contacts import groups
from vaguemestre.contacts.cards import Card, CardLine, settle_card
from vaguemestre.contacts.import_report import FileRefusedError
from vaguemestre.contacts.models import LONGEST_EXTRA
from vaguemestre.contacts.vcards import V3, V4, lines, read_vcards
from vaguemestre.contacts.vcards.writer import vcard

SIGNS = st.one_of(
    st.sampled_from("éÈçñœ,;:\\\"'=+-@ \u00a0\u202f\u200dнД漢\u05d0😀👩🏽\u200d🏫^nN.|<>&"),
    st.characters(blacklist_categories=["C", "Z"]),
)
NAMES = st.text(SIGNS, max_size=120).map(lambda text: " ".join(text.split())[:200].strip())
NOTES = st.lists(NAMES, max_size=5).map(lambda parts: "\n".join(parts).strip())
MAILS = st.from_regex(r"[a-z][a-z0-9+_-]{0,20}@[a-z][a-z0-9]{0,20}\.(fr|example)", fullmatch=True)
TELEPHONES = st.from_regex(r"\+?[0-9][0-9 .]{0,18}[0-9]", fullmatch=True).map(lambda text: " ".join(text.split()))
GROUPS = NAMES.map(groups.tidy_name).filter(lambda name: bool(groups.fold_name(name)))
CARDS = st.builds(
    Card,
    given=NAMES, family=NAMES, display=NAMES, organisation=NAMES, function=NAMES, note=NOTES,
    name_rest=st.one_of(st.just(()), st.tuples(NAMES.filter(bool), NAMES, NAMES)),
    units=st.lists(NAMES, max_size=3).map(tuple),
    addresses=st.lists(
        st.builds(CardLine, MAILS, st.sampled_from(["", "home", "work"])), max_size=4, unique_by=lambda line: line.value
    ).map(tuple),
    numbers=st.lists(
        st.builds(CardLine, TELEPHONES, st.sampled_from(["", "home", "work", "cell", "fax"])), max_size=4, unique=True
    ).map(tuple),
    groups=st.lists(GROUPS, max_size=3, unique=True).map(tuple),
)  # fmt: skip


def card(*content: str, version: str = "3.0") -> bytes:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *content, "END:VCARD", ""]).encode()


def only(data: bytes) -> Card:
    report = read_vcards(data)
    assert [said.reason for said in report.refused] == []
    (numbered,) = report.cards
    return numbered.card


@settings(max_examples=300, deadline=None)
@given(CARDS, st.sampled_from([V3, V4]))
def test_what_is_written_is_read_again(written: Card, version: str) -> None:
    if written.empty:
        return
    octets = vcard(written, version)
    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    assert all(line.decode() is not None for line in octets.split(b"\r\n"))  # no letter is cut
    assert only(octets) == settle_card(written)


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_escapes_come_off_as_they_went_on(text: str) -> None:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert lines.text_value(lines.escape_text(text)) == plain
    assert lines.components(f"{lines.escape_text(text)};x") == [plain, "x"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_nothing_breaks_it(data: bytes) -> None:
    for content in (data, b"BEGIN:VCARD\n" + data + b"\nEND:VCARD\n", b"BEGIN:VCARD\nVERSION:2.1\nFN:a\nX;" + data):
        try:
            report = read_vcards(content)
        except FileRefusedError:
            continue
        for numbered in report.cards:
            for version in (V3, V4):
                again = read_vcards(vcard(numbered.card, version))
                assert len(again.cards) == 1


def test_properties_of_other_programs_come_back_as_they_were() -> None:
    kept = [
        "ADR;TYPE=HOME:;;12\\, rue des Lilas;Amiens;;80000;France", "item1.URL:https://exemple.example/a\\,b",
        "item1.X-ABLabel:_$!<HomePage>!$_", "X-SOCIALPROFILE;TYPE=twitter;X-USER=\"a;b:c,d\":http://x.example/a",
        "BDAY:1980-05-12", "NICKNAME:Lolo\\, la grande", "GEO:49.894067;2.295753",
    ]  # fmt: skip
    read_card = only(card("N:Lefèvre;Élodie;Marie;Mme;", "FN:Mme Élodie Lefèvre", *kept))
    assert list(read_card.extra) == kept
    for version in (V3, V4):
        written = vcard(read_card, version).replace(b"\r\n ", b"").decode().split("\r\n")
        assert [line for line in kept if line not in written] == []
        assert only(vcard(read_card, version)) == read_card
    assert read_card.name_rest == ("Marie", "Mme", "")


def test_parameters_and_labels_of_addresses_come_back() -> None:
    found = only(
        card("FN:A", "item2.EMAIL;X-SLOT=3;TYPE=INTERNET,WORK:a@x.fr", "item2.X-ABLabel:Secrétariat",
             "TEL;TYPE=WORK,FAX:01", "TEL;TYPE=cell;TYPE=video:02")
    )  # fmt: skip
    assert found.addresses == (CardLine("a@x.fr", "work", "item2.;X-SLOT=3"),)
    assert found.numbers == (CardLine("01", "fax", ";TYPE=WORK"), CardLine("02", "cell", ";TYPE=video"))
    written = vcard(found).decode()
    assert "item2.EMAIL;TYPE=work;X-SLOT=3:a@x.fr" in written
    assert "TEL;TYPE=fax;TYPE=WORK:01" not in written.replace("TYPE=pref", "")  # the first of two is preferred
    assert only(vcard(found)) == found
    assert only(vcard(found, V4)) == found


def test_version_2_1_with_its_charsets_and_folds() -> None:
    found = only(
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Lef=E8vre;=C9lodie\r\n"
        b"FN;CHARSET=ISO-8859-1:\xc9lodie Lef\xe8vre\r\nTEL;CELL;PREF:06 12\r\nEMAIL;HOME;INTERNET:E.Lefevre@X.fr\r\n"
        b"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Ligne 1=0D=0ALigne =\r\n=C3=A9 ; a, b\r\n"
        b"X-LONG:un texte\r\n  qui continue\r\n"
        b"PHOTO;JPEG;ENCODING=BASE64:\r\n AAAA\r\n BBBB\r\n\r\nEND:VCARD\r\n"
    )
    assert (found.family, found.given, found.display) == ("Lefèvre", "Élodie", "")
    assert found.numbers == (CardLine("06 12", "cell"),)
    assert found.addresses == (CardLine("e.lefevre@x.fr", "home"),)
    assert found.note == "Ligne 1\nLigne é ; a, b"
    assert found.extra == ("X-LONG:un texte  qui continue", "PHOTO;TYPE=JPEG;ENCODING=b:AAAABBBB")
    assert b"PHOTO:data:image/jpeg;base64,AAAABBBB" in vcard(found, V4)
    assert only(vcard(found)) == found


def test_a_picture_of_4_0_is_one_of_3_0() -> None:
    picture = base64.b64encode(b"jpeg" * 90).decode()
    found = only(card("FN:A", f"PHOTO:data:image/png;base64,{picture}", version="4.0"))
    assert f"PHOTO;ENCODING=b;TYPE=PNG:{picture}".encode() in vcard(found, V3).replace(b"\r\n ", b"")
    assert only(vcard(found, V4)) == found


def test_version_4_0() -> None:
    found = only(
        card("FN:Zoé", "N:;Zoé;;;", "TEL;VALUE=uri;PREF=2;TYPE=\"voice,work\":tel:+33-1-02", "TEL;PREF=1;TYPE=cell:06",
             "EMAIL;PREF=1;TYPE=home:z@x.fr", "UID:urn:uuid:1", version="4.0")
    )  # fmt: skip
    assert found.numbers == (CardLine("06", "cell"), CardLine("+33-1-02", "work"))
    assert found.uid == "urn:uuid:1"


def test_a_fold_may_stand_inside_a_letter() -> None:
    assert (
        only("BEGIN:VCARD\nFN:É".encode()[:-1] + b"\n " + "É".encode()[-1:] + b"lodie\nEND:VCARD").display == "Élodie"
    )


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings(codec: str) -> None:
    assert only(card("FN:Élodie").decode().encode(codec)).display == "Élodie"


def test_what_is_wrong_is_said_with_its_line_and_the_rest_is_read() -> None:
    report = read_vcards(
        b"bonjour\r\nencore\r\nBEGIN:VCARD\r\nFN:Sans fin\r\n"
        + card("FN:Anne", "ceci n'est rien", "EMAIL:pas une adresse", "EMAIL:anne@x.fr")
        + card("NOTE:personne")
        + card("FN:Collègues", "KIND:group", "MEMBER:urn:uuid:1", version="4.0")
        + card("FN:Paul")
    )
    assert [numbered.card.display for numbered in report.cards] == ["Anne", "Paul"]
    assert [(said.line, said.what) for said in report.refused] == [
        (1, "bonjour"),
        (3, "Sans fin"),
        (12, ""),
        (16, "Collègues"),
    ]
    assert [(said.line, said.what) for said in report.remarks] == [(8, "ceci n'est rien"), (9, "pas une adresse")]
    assert report.cards[0].card.extra == ("EMAIL:pas une adresse",)


def test_a_card_inside_a_card_is_passed_over() -> None:
    found = only(b"BEGIN:VCARD\nVERSION:2.1\nFN:A\nAGENT:\nBEGIN:VCARD\nFN:B\nEND:VCARD\nNOTE:n\nEND:VCARD\n")
    assert (found.display, found.note) == ("A", "n")
    assert only(b"BEGIN:VCARD\nFN:A\n" + b"BEGIN:X\n" * 5000 + b"END:X\n" * 5000 + b"END:VCARD\n").display == "A"


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 9, b"%PDF-1.7", b"a;b\r\nc;d", b"\n" * 100_000])
def test_what_is_no_vcard_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefusedError):
        read_vcards(data)


def test_a_hundred_thousand_cards_are_refused_before_they_are_read() -> None:
    with pytest.raises(FileRefusedError, match="10"):
        read_vcards(card("FN:A") * 100_000)


def test_a_line_of_ten_megabytes() -> None:
    for name in ("NOTE", "X;" + '"' * 50_000 + "A"):
        report = read_vcards(card("FN:Anne", f"{name}:" + "a,;\\" * 2_500_000))
        assert [numbered.card.display for numbered in report.cards] == ["Anne"]
        assert len(report.remarks) == 1


def test_the_longest_lines_that_are_read() -> None:
    for name in ("NOTE", "FN", "X-A", "EMAIL", "N", "CATEGORIES", "X;" + '"' * 30_000 + "A"):
        report = read_vcards(card("UID:a", "TEL:1", f"{name}:" + "a,;\\" * 8_000))
        assert len(report.cards) == 1
        assert sum(map(len, report.cards[0].card.extra)) <= LONGEST_EXTRA


def test_millions_of_folds_and_of_lines() -> None:
    folds, many = b"\r\n x" * 1_000_000, b"X-A:b\r\n" * 500_000
    for data in (folds, many):
        report = read_vcards(b"BEGIN:VCARD\r\nFN:Anne\r\nNOTE:" + data + b"\r\nEND:VCARD\r\n")
        assert report.cards[0].card.display == "Anne"
