"""The words of a message in a signed envelope: its text and its files, nothing that is encrypted; found by a search."""

import pytest

from vaguemestre.engine.decoder import child, smime
from vaguemestre.engine.testing.decoder import decoded, found
from vaguemestre.engine.tests.documents import docx
from vaguemestre.engine.tests.old_documents import written
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.testing.large_specimens import LARGE
from vaguemestre.mailbox.testing.smime import entity, letter, mail, sealed
from vaguemestre.testing import MailAccount, append

P7M = "application/pkcs7-mime"
HTML = "<title>non</title><style>p{}</style><p>mis<b>sive</b>&nbsp;rare</p><td>a</td><td>b</td><script>non</script>"


def words(raw: bytes) -> list[str]:
    said: list[str] = []
    smime.write_text(raw, said.append, child._write_words)
    return "".join(said).split()


def test_text_html_and_files() -> None:
    inside = letter("Un réquisitoire", HTML, ("plan.docx", docx("fantasmagorie")), ("vieux.doc", written("lettre.doc")))
    said = words(sealed(inside))
    assert said[:6] == ["Un", "réquisitoire", "missive", "rare", "a", "b"]
    assert said[6:8] == ["plan.docx", "fantasmagorie"]
    assert "cellule" in said
    assert "non" not in said


def test_one_in_the_other() -> None:
    assert words(sealed(entity(sealed(letter("profond"))))) == ["smime.p7m", "profond"]


@pytest.mark.parametrize("raw", [b"0", b"0\x80", bytes(100), sealed(letter("secret"))[:40], b"0\x80" * 500])
def test_rubbish_has_no_words(raw: bytes) -> None:
    assert words(raw) == []


@pytest.mark.usefixtures("daemons")
def test_a_bomb_costs_what_it_may_and_no_more() -> None:
    assert decoded(P7M, b"0\x80" * 10_000_000) == ""
    html = sealed(letter("utile", "<p>" + "<b " * 2_000_000))
    assert len(decoded(P7M, html)) <= child.OUTPUT_LIMIT + 1
    assert decoded(P7M, sealed(letter("suivant"))).split() == ["suivant"]


def test_it_is_found(pool: Pool, mail_account: MailAccount) -> None:
    append(mail_account, mail(sealed(letter("Un réquisitoire", "", ("plan.docx", docx("fantasmagorie")))), "pli"))
    append(mail_account, LARGE["signed_envelope_of_a_million_pieces"]())
    assert found(pool, mail_account, "requisitoires") == ["pli"]
    assert found(pool, mail_account, "fantasmagorie") == ["pli"]
    assert found(pool, mail_account, "million") == ["Un million"]
