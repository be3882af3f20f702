"""The words of RTF: as Word and WordPad write it, as nobody should, and found by a search."""

import pytest

from vaguemestre.engine.decoder import child, rtf
from vaguemestre.engine.testing.decoder import decoded, found, with_files
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.testing import MailAccount, append

RTF = "application/rtf"
LETTER = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil Police;}}{\*\generator Auteur;}" + b"\r\n"
    rb"\viewkind4\uc1\pard\f0 Un r\'e9\b qui" + b"\r\n" + rb"sitoire\b0\par }"
)


def words(document: bytes) -> list[str]:
    written: list[str] = []
    rtf.write_text(document, written.append)
    return "".join(written).split()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (LETTER, ["Un", "réquisitoire"]),
        (rb"{\rtf1\uc1 s\u233?v\u232\'e8re \uc0\u8364 5\uc2\u337 ??\u-10179 ab}", ["sévère", "€5ő"]),
        (rb"{\rtf1\ansicpg1251 \'e0\'e1}", ["аб"]),
        (rb"{\rtf1\ansicpg99999 \'e9t\'e9}", ["été"]),
        (b"{\\rtf1 a\\{b\\}\\\\c d\\~e\\line f\\\ng\\cell h}", ["a{b}\\c", "d", "e", "f", "g", "h"]),
        (rb"{\rtf1{\field{\*\fldinst HYPERLINK x}{\fldrslt lien}}{\pict 8950\bin2 }}}{\info non}fin}", ["lienfin"]),
        (rb"{\rtf1{\shp{\*\shpinst{\sp{\sn a}}{\shptxt bo\'eete}}}}", ["boîte"]),
    ],
)
def test_what_is_read(document: bytes, said: list[str]) -> None:
    assert [word.encode("utf-8", "ignore").decode() for word in words(document)] == said


@pytest.mark.parametrize(
    "document", [b"", rb"{\rtf1", rb"{\rtf1\u", rb"{\rtf1\'e", rb"{\rtf1\bin999999999 x}", b"}" * 99, rb"{\*\x a}"]
)
def test_rubbish_has_no_words(document: bytes) -> None:
    assert words(document) in ([], ["e"])


BOMBS = {
    "groups": rb"{\rtf1 utile \par" + b"{" * 20_000_000,
    "ends": rb"{\rtf1 utile \par" + b"}" * 20_000_000,
    "letters": rb"{\rtf1 utile \par" + rb"\u233?" * 3_000_000,
    "text": rb"{\rtf1 utile " + b"a b " * 5_000_000,
}


@pytest.mark.usefixtures("daemons")
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_costs_what_it_may_and_no_more(bomb: bytes) -> None:
    assert len(decoded(RTF, bomb)) <= child.OUTPUT_LIMIT + 1
    assert decoded(RTF, LETTER).split() == ["Un", "réquisitoire"]


@pytest.mark.usefixtures("daemons")
@pytest.mark.parametrize("kind", [RTF, "text/rtf", "application/msword"])
def test_it_is_known_by_its_first_octets(kind: str) -> None:
    assert decoded(kind, LETTER).split() == ["Un", "réquisitoire"]


def test_it_is_found(pool: Pool, mail_account: MailAccount) -> None:
    append(mail_account, with_files("lettre", (RTF, LETTER)))
    append(mail_account, with_files("texte", ("text/rtf", LETTER)))
    assert found(pool, mail_account, "requisitoires") == ["lettre", "texte"]
    assert found(pool, mail_account, "fonttbl") == []
