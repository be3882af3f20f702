"""The words of documents of Word, Excel and PowerPoint before 2007: as LibreOffice writes them, as old programs did, as
nobody should, and found by a search."""

import struct
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings, strategies as some

from vaguemestre.engine.decoder import child, office97
from vaguemestre.engine.testing.decoder import decoded, found, with_files
from vaguemestre.engine.tests.old_documents import (
    CUTOFF,
    DOC,
    PPT,
    SECTOR,
    SIGN,
    XLS,
    atom,
    compound,
    excel,
    holder,
    record,
    slides,
    word,
    written,
)
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.testing import MailAccount, append

NAMES = ("lettre.doc", "feuille.xls", "expose.ppt")


def words(document: bytes) -> list[str]:
    said: list[str] = []
    office97.write_text(document, said.append)
    return "".join(said).split()


def test_a_letter() -> None:
    """The address of a link is no text, nor what was taken out under revision; notes and cells are."""
    said = words(written("lettre.doc"))
    assert said[:6] == ["Un", "réquisitoire", "sévère", "avantaprès", "œuvre", "ő"]
    assert said[6:] == ["lien", "suite", "cellule", "voisine", "fin", "bas", "de", "page"]


def test_a_sheet() -> None:
    """One of its texts is so long that it is cut."""
    said = words(written("feuille.xls"))
    assert said[:3] == ["réquisitoire", "ő", "large"]
    assert said.count("long") == said.count("é") == 1500
    assert [word for word in said[3:] if word not in {"long", "é", "0"}] == ["après", "20231542", "remarque"]


def test_slides_and_their_notes() -> None:
    said = words(written("expose.ppt"))
    assert [word for word in said if word != "*"] == ["Un", "réquisitoire", "ő", "large", "une", "note", "dite"]


class TestWord:
    def test_pieces_in_their_order_whatever_their_width(self) -> None:
        assert words(word(b"r\xe9qui", "sitoire sévère", b" \x9cuvre", " ő")) == [
            "réquisitoire",
            "sévère",
            "œuvre",
            "ő",
        ]

    def test_fields_show_what_they_show(self) -> None:
        inner = "\x13 PAGE \x14\x15"
        assert words(word(f"a \x13 IF {inner} x \x14 oui", "\x15 b \x13 TC caché\x15c")) == ["a", "oui", "b", "c"]
        assert words(word("a \x15\x14 b")) == ["a", "b"]

    def test_signs(self) -> None:
        assert words(word("un\rdeux\x07trois\x0bqua\x1ftre\x01\x08 co\x1eur")) == [
            "un",
            "deux",
            "trois",
            "quatre",
            "co-ur",
        ]

    def test_a_letter_of_word_95(self) -> None:
        head = struct.pack("<HH6xH12xII", 0xA5DC, 104, 0, 512, 517)
        assert words(compound({"WordDocument": head.ljust(512, b"\0") + b"\xe9t\xe9 \xe0rien"})) == ["été", "à"]

    @pytest.mark.parametrize("flags", [0x0100, 0x8100])
    def test_a_password_keeps_it_shut(self, flags: int) -> None:
        assert words(word("secret", flags=flags)) == []


class TestExcel:
    def test_texts_and_whole_numbers(self) -> None:
        narrow = struct.pack("<HHHHB", 0, 0, 0, 5, 0) + b"\xe9l\xe8ve"
        given = record(6, struct.pack("<HHHHHHH", 0, 0, 0, 0, 0, 0, 0xFFFF)) + record(
            0x207, b"\x04\x00\x01" + "sőmm".encode("utf-16-le")
        )
        numbers = record(0x203, struct.pack("<HHHd", 0, 0, 0, 20231542)) + record(
            0x203, struct.pack("<HHHd", 0, 0, 0, 0.3)
        )
        short = struct.pack("<HHHi", 0, 0, 0, 421 << 2 | 2)
        shorts = struct.pack("<HHHiHiH", 0, 0, 0, 150 << 2 | 3, 0, 300 << 2 | 3, 1)
        document = excel(record(0x204, narrow), given, numbers, record(0x27E, short), record(0xBD, shorts))
        assert words(document) == ["élève", "sőmm", "20231542", "421", "3"]

    def test_a_text_that_is_cut_says_again_how_wide_it_is(self) -> None:
        listed = struct.pack("<II", 2, 2) + struct.pack("<HB", 8, 0) + b"r\xe9qu"
        further = b"\x01" + "isit".encode("utf-16-le") + struct.pack("<HBHI", 3, 12, 1, 2) + b"fin" + b"1234"
        assert words(excel(record(0xFC, listed), record(0x3C, further), record(0x3C, b"56"))) == ["réquisit", "fin"]

    def test_a_sheet_of_excel_95_in_its_charset(self) -> None:
        label = record(0x204, struct.pack("<HHHH", 0, 0, 0, 3) + b"\xe0\xe1\xe2")
        assert words(excel(record(0x42, struct.pack("<H", 1251)), label, version=0x0500)) == ["абв"]
        assert words(excel(label, version=0x0500)) == ["àáâ"]

    def test_a_password_keeps_it_shut(self) -> None:
        label = record(0x204, struct.pack("<HHHHB", 0, 0, 0, 3, 0) + b"abc")
        assert words(excel(record(0x2F, bytes(54)), label)) == []


class TestPowerPoint:
    def test_texts_but_not_those_of_models(self) -> None:
        text = atom(0x0FA0, "sévère ő".encode("utf-16-le"))
        model = atom(0x0FA8, b"modele")
        document = holder(
            0x03E8,
            holder(0x0FF0, model, number=1), holder(0x0FF0, atom(0x0FA8, b"titr\xe9\rdeux")), holder(0x03F8, model),
            holder(0x03F0, atom(0x03F1, bytes(8)), model), holder(0x03F0, atom(0x03F1, b"\0\1\0\0\0\0\0\0"), text),
            holder(0x0FD9, atom(0x0FBA, "pied".encode("utf-16-le"))), atom(0x0FBA, "nom".encode("utf-16-le")),
        )  # fmt: skip
        assert words(slides(document)) == ["titré", "deux", "sévère", "ő", "pied"]

    def test_what_a_later_saving_replaced_is_no_text(self) -> None:
        first, second, kept = (holder(0x03EE, atom(0x0FA8, text)) for text in (b"ancien", b"nouveau", b"reste"))
        main = first + kept
        places = struct.pack("<III", 1 | 2 << 20, 0, len(first))
        main += (listed := atom(0x1772, places)) + _saving(0, len(main))
        saved = len(first) + len(kept) + len(listed)
        at = len(main)
        main += second
        listed_at = len(main)
        main += atom(0x1772, struct.pack("<II", 1 | 1 << 20, at))
        last = len(main)
        assert words(slides(main + _saving(saved, listed_at), saved=last)) == ["reste", "nouveau"]

    def test_a_password_keeps_it_shut(self) -> None:
        assert words(slides(atom(0x0FA8, b"secret"), sign=0xF3D1_C4DF)) == []


def _saving(before: int, listed: int) -> bytes:
    return atom(0x0FF5, struct.pack("<IIIIIIII", 0, 0, before, listed, 1, 3, 0, 0))


@pytest.mark.parametrize(
    "document",
    [
        SIGN, SIGN.ljust(511, b"\0"), SIGN.ljust(512, b"\0"), SIGN.ljust(4096, b"\xff"), compound({}),
        compound({"EncryptedPackage": bytes(5000)}), compound({"WordDocument": b""}),
        compound({"WordDocument": bytes(5000)}),
        compound({"Workbook": b""}), compound({"Workbook": b"\xff" * 5000}), compound({"PowerPoint Document": b""}),
        compound({"PowerPoint Document": b"\xff" * 5000}), written("lettre.doc")[:600], word("secret")[:1000],
    ],
)  # fmt: skip
def test_rubbish_has_no_words(document: bytes) -> None:
    assert words(document) == []


def test_what_is_cut_off_is_read_as_far_as_it_goes() -> None:
    broken = bytearray(slides(b"".join(atom(0x0FA8, b"mot%03d" % number) for number in range(200))))
    struct.pack_into("<I", broken, _table(broken) + 4 * (CUTOFF // SECTOR + 3), 0xFFFF_FFFF)  # a sector leads nowhere
    assert 0 < len(words(bytes(broken))) < 200
    cut = slides(atom(0x0FA8, b"avant") + struct.pack("<HHI", 0, 0x0FA8, 0xFFFF_FFFF) + b"apr\xe8s")
    assert words(cut) == ["avant", "après"]


def _table(document: bytearray) -> int:
    return (int.from_bytes(document[76:80], "little") + 1) * SECTOR


def looped() -> bytes:
    """Each sector of the table leads to the first, also of the table's own list."""
    document = bytearray(compound({"Workbook": record(0x204, bytes(6) + b"\x05\x00\x00utile") * 2000}))
    document[_table(document) : _table(document) + SECTOR] = bytes(SECTOR)
    struct.pack_into("<II", document, 68, 0, 0xFFFF)
    return bytes(document)


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a loop": (XLS, looped),
    "pieces": (DOC, lambda: word("utile ", *[b"x"] * 1_000_000)),
    "fields": (DOC, lambda: word("utile ", "\x13" * 5_000_000, "a\x15" * 2_000_000)),
    "words": (
        XLS,
        lambda: excel(record(0xFC, struct.pack("<II", 1, 0xFFFF_FFFF)), *[record(0x3C, bytes(8000))] * 2000),
    ),
    "records": (XLS, lambda: excel(b"\x3c\0\0\0" * 5_000_000)),
    "one in the other": (PPT, lambda: slides(atom(0x0FA8, b"utile") + struct.pack("<HHI", 15, 1, 1 << 31) * 2_000_000)),
    "savings": (
        PPT,
        lambda: slides(atom(0x1772, b"\1\0\xf0\xff" * 5_000_000) + _saving(20_000_008, 0), saved=20_000_008),
    ),
}


@pytest.mark.usefixtures("daemons")
@pytest.mark.parametrize(("kind", "bomb"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_costs_what_it_may_and_no_more(kind: str, bomb: Callable[[], bytes]) -> None:
    assert len(decoded(kind, bomb())) <= child.OUTPUT_LIMIT + 1
    assert decoded(DOC, written("lettre.doc")).split()[1] == "réquisitoire"


SPECIMENS = [written(name) for name in NAMES[:2]] + [
    word("un", b"deux"), excel(record(0xFC, struct.pack("<IIHB", 1, 1, 2, 0) + b"un")), slides(atom(0x0FA8, b"un")),
]  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    some.sampled_from(SPECIMENS),
    some.lists(some.tuples(some.floats(0, 0.999), some.binary(min_size=1, max_size=4)), max_size=20),
    some.floats(0.1, 1),
)
def test_whatever_is_changed_in_it_it_is_read_or_left(
    document: bytes, changes: list[tuple[float, bytes]], cut: float
) -> None:
    changed = bytearray(document)
    for place, octets in changes:
        begin = int(place * len(changed))
        changed[begin : begin + len(octets)] = octets
    words(bytes(changed[: int(cut * len(changed))]))


@pytest.mark.usefixtures("daemons")
@pytest.mark.parametrize(("name", "kind"), [*zip(NAMES, (DOC, XLS, PPT), strict=True), *product(NAMES[:1], (XLS, PPT))])
def test_it_is_known_by_its_first_octets(name: str, kind: str) -> None:
    assert "réquisitoire" in decoded(kind, written(name)).split()


def test_it_is_found(pool: Pool, mail_account: MailAccount) -> None:
    for name, kind in zip(NAMES, (DOC, XLS, PPT), strict=True):
        append(mail_account, with_files(name, (kind, written(name))))
    unnamed = with_files("sans type", ("application/octet-stream", b""))
    unnamed.add_attachment(written("lettre.doc"), maintype="application", subtype="octet-stream", filename="Été.DOC")
    append(mail_account, unnamed)
    assert found(pool, mail_account, "requisitoires") == ["expose.ppt", "feuille.xls", "lettre.doc", "sans type"]
    assert found(pool, mail_account, "supprimé") == found(pool, mail_account, "hyperlink") == []
