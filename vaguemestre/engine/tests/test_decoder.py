"""The words of attached documents: what is read of each format, what bombs come to, and that they are found."""

import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from vaguemestre.engine.decoder import child, office_zip, server
from vaguemestre.engine.decoder.media_types import TYPES
from vaguemestre.engine.decoder.server import SECONDS_A_DOCUMENT, SECONDS_ORDINARY, SECONDS_SAVED, Allowance
from vaguemestre.engine.testing.decoder import HEAD, decoded, found, told, with_files
from vaguemestre.engine.tests.documents import DOCX, ODT, PDF, docx, odt, pdf, pdf_of, zipped
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.testing.converter import wait_until
from vaguemestre.mailbox.testing.exhaustion import running
from vaguemestre.testing import MailAccount, append, data_folder, deliver_locally, letter, wait_for_mail

BILLION = "".join(f'<!ENTITY {one} "{f"&{other};" * 10}">' for one, other in zip("bcdefghij", "abcdefghi", strict=True))


# Made when they are needed: most of them are hundreds of megabytes before they are packed.
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "spaces": (DOCX, lambda: zipped({"word/document.xml": b"<a><t>utile</t><p/>" + b" " * 300_000_000})),
    "words": (DOCX, lambda: zipped({"word/document.xml": b"<a><t>utile</t><p/>" + b"<t>x</t><p/>" * 3_000_000})),
    "depth": (DOCX, lambda: zipped({"word/document.xml": b"<a><t>utile</t><p/>" + b"<b>" * 5_000_000})),
    "attribute": (ODT, lambda: zipped({"content.xml": f'<a><p>utile</p><b c="{" " * 50_000_000}"/>'})),
    "text": (PDF, lambda: pdf_of(b"BT /F1 12 Tf 72 720 Td (utile) Tj ET" + b" BT 1 1 Td (ha) Tj ET" * 4_000_000)),
    "drawing": (PDF, lambda: pdf_of(bytes(300_000_000))),
}


def words(document: bytes) -> list[str]:
    written: list[str] = []
    office_zip.write_text(BytesIO(document), written.append)
    return "".join(written).split()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the users that bin/setup makes")
def test_a_document_waits_while_no_child_can_be_started() -> None:
    """Told that it has no words, Dovecot would believe it for good."""
    with (
        running("vaguemestre-decoder", "vaguemestre.engine.decoder", "socket") as process,
        ThreadPoolExecutor() as pool,
    ):
        process.limit("nproc", 0)
        document = docx("<w:r><w:t>réquisitoire</w:t></w:r>")
        waiting = pool.submit(told, HEAD + DOCX.encode() + b"\n\n" + document, process.socket)
        wait_until(lambda: "decoder: no child can be started: EAGAIN (" in process.said())
        assert not waiting.done()
        process.limit("nproc")
        assert waiting.result(60).split() == ["réquisitoire".encode()]


class TestOffice:
    def test_a_word_of_several_looks_is_one(self) -> None:
        runs = "<w:r><w:t>réqui</w:t></w:r><w:r><w:rPr/><w:t>sitoire</w:t></w:r><w:r><w:tab/><w:t>deux</w:t></w:r>"
        assert words(docx(f"{runs}</w:p><w:p><w:r><w:t>trois</w:t></w:r>")) == ["réquisitoire", "deux", "trois"]

    def test_what_was_taken_out_under_revision_is_no_text(self) -> None:
        removed = "<w:del><w:r><w:delText>secret</w:delText></w:r></w:del><w:r><w:t>public</w:t></w:r>"
        assert words(docx(removed)) == ["public"]
        tracked = "<text:tracked-changes><text:p>secret</text:p></text:tracked-changes><text:p>public</text:p>"
        assert words(odt(tracked)) == ["public"]

    def test_headers_notes_and_comments_of_a_letter(self) -> None:
        parts = ("header1", "footnotes", "comments", "document2")
        files = {f"word/{part}.xml": f"<a><w:p><w:t>{part}</w:t></w:p></a>".replace("w:", "") for part in parts}
        assert words(zipped({**files, "word/media/image1.png": b"\x89PNG", "word/theme/theme1.xml": "<t>non</t>"})) == [
            *parts
        ]

    def test_cells(self) -> None:
        sheet = (
            "<worksheet><sheetData><row>"
            '<c t="s"><v>0</v></c><c><v>20231542</v></c><c><v>0.30000000000000004</v></c><c t="str"><v>formule</v></c>'
            '<c t="inlineStr"><is><t>écrit</t></is></c><c t="b"><v>1</v></c>'
            "</row></sheetData></worksheet>"
        )
        strings = "<sst><si><t>partagé</t></si><si><r><t>ma</t></r><r><t>jus</t></r></si></sst>"
        document = zipped({"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings})
        assert words(document) == ["partagé", "majus", "20231542", "formule", "écrit"]

    def test_slides_and_their_notes_but_not_their_models(self) -> None:
        def slide(text: str) -> str:
            return f'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'

        hidden = ("slideLayouts", "slideMasters", "notesMasters", "theme")
        models = {f"ppt/{name}/x1.xml": slide("non") for name in hidden}
        shown = {f"ppt/{name}/x1.xml": slide(name) for name in ("slides", "notesSlides", "diagrams")}
        assert words(zipped({**models, **shown})) == ["slides", "notesSlides", "diagrams"]

    def test_open_document(self) -> None:
        inside = "<text:h>Titre</text:h><text:p>é<text:span>lève</text:span>s<text:s/>et<text:tab/>parents</text:p>hors"
        assert words(odt(inside, styles="<text:p>entête</text:p>")) == ["Titre", "élèves", "et", "parents", "entête"]
        slides = odt(inside, styles="<text:p>modèle</text:p>", kind="presentation")
        assert words(slides) == ["Titre", "élèves", "et", "parents"]

    @pytest.mark.parametrize(
        "document",
        [
            b"", b"PK\x03\x04", b"PK\x03\x04" + bytes(1000), docx("essai")[:-30], docx("essai")[:60],
            zipped({"word/document.xml": "<w:p><w:t>"}), zipped({"word/document.xml": b"\xff\xfe\x00"}),
            zipped({"content.xml": "</text:p>"}), zipped({"autre": "essai"}), zipped({}),
        ],
    )  # fmt: skip
    def test_rubbish_has_no_words(self, document: bytes) -> None:
        assert words(document) == []

    def test_what_came_before_the_break_remains_and_the_next_part_is_read(self) -> None:
        broken = zipped({"word/document.xml": "<a><t>avant</t><p/><", "word/footnotes.xml": "<a><t>note</t></a>"})
        assert words(broken) == ["avant", "note"]

    def test_entities_are_refused(self) -> None:
        laughs = f'<!DOCTYPE a [<!ENTITY a "ha ">{BILLION}]><a><t>&j;</t></a>'
        outside = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><t>&e;</t></a>'
        for hostile in (laughs, outside):
            assert words(zipped({"word/document.xml": hostile})) == []

    def test_no_more_is_unpacked_than_a_document_may_hold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(office_zip, "UNPACKED_LIMIT", 1_000_000)
        monkeypatch.setattr(office_zip, "PIECE", 1000)
        many = {f"word/a{number}.xml": f"<a><t>m{number}</t>{' ' * 300_000}</a>" for number in range(9)}
        assert words(zipped(many)) == ["m0", "m1", "m2", "m3"]


def test_words_that_a_line_cuts_are_found_whole() -> None:
    cut = "le rempla-\ncement des en-\nseignants\n- un\n- deux\nSaint-\n\n12-\n34"
    assert child._whole_words(cut).split("\n")[-2:] == ["remplacement", "enseignants"]
    assert child._whole_words("for\u00admation") == "formation"
    long = "a" * 500_000 + "-\n"
    assert len(child._whole_words(long * 2)) < 3_000_000  # and at once


def test_slow_documents_live_on_what_is_regained() -> None:
    allowance = Allowance(0.0)
    for _ in range(1000):
        allowance.spend(SECONDS_ORDINARY)  # a whole mailbox of ordinary documents costs nothing
    assert allowance.seconds(0.0) == SECONDS_A_DOCUMENT
    for _ in range(100):
        allowance.spend(SECONDS_A_DOCUMENT)
    assert allowance.seconds(0.0) == SECONDS_ORDINARY
    assert SECONDS_ORDINARY < allowance.seconds(4.0) < SECONDS_A_DOCUMENT
    assert allowance.seconds(1e9) == SECONDS_A_DOCUMENT
    allowance.spend(2 * SECONDS_SAVED)
    assert allowance.seconds(1e9) == SECONDS_ORDINARY


@pytest.mark.usefixtures("daemons")
class TestProcess:
    def test_it_says_what_it_knows(self) -> None:
        lines = told(HEAD + b"\n").decode().split("\n")
        assert lines[-2:] == ["", ""]
        assert {line.split()[0]: tuple(line.split()[1:]) for line in lines[:-2]} == TYPES

    @pytest.mark.parametrize(
        ("kind", "document"),
        [
            (PDF, pdf("Un réquisitoire")), (DOCX, docx("Un réquisitoire")), (ODT, odt("Un réquisitoire")),
            ("application/msword", docx("Un réquisitoire")), ("application/x-pdf", pdf("Un réquisitoire")),
        ],
    )  # fmt: skip
    def test_each_kind_is_known_by_its_first_bytes(self, kind: str, document: bytes) -> None:
        assert decoded(kind, document).split() == ["Un", "réquisitoire"]

    @pytest.mark.parametrize(
        "sent",
        [
            b"", b"\n\n", b"GET / HTTP/1.1\r\n\r\n", HEAD[:20], HEAD, b"x" * 10_000,
            HEAD + b"text/plain\n\nbonjour", HEAD + b"application/pdf\n\n", HEAD + b"application/pdf\n\n%PDF-1.7",
            HEAD + b"application/pdf\n\nbonjour", HEAD + b"image/png\n\n" + pdf("bonjour"),
            HEAD + b"application/pdf\n\nMZ\x90\x00", HEAD + b"application/msword\n\n\xd0\xcf\x11\xe0",
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_gives_nothing(self, sent: bytes) -> None:
        assert told(sent) == b""

    @pytest.mark.parametrize("begins", [b"MZ", pdf("bonjour")])
    def test_what_is_too_large_is_taken_to_its_end_and_gives_nothing(self, begins: bytes) -> None:
        assert told(HEAD + b"application/pdf\n\n" + begins + bytes(server.INPUT_LIMIT)) == b""

    @pytest.mark.parametrize(("kind", "bomb"), BOMBS.values(), ids=BOMBS)
    def test_a_bomb_costs_what_it_may_and_no_more(self, kind: str, bomb: Callable[[], bytes]) -> None:
        content = bomb()
        assert len(content) < 3_000_000
        assert len(decoded(kind, content)) <= child.OUTPUT_LIMIT + 1
        assert decoded(DOCX, docx("suivant")).split() == ["suivant"]

    def test_whoever_leaves_in_the_middle_holds_nobody_up(self) -> None:
        for _ in range(2 * server.AT_ONCE):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(data_folder() / "run" / "decoder" / "socket"))
                connection.sendall(HEAD + b"application/pdf\n\n%PDF")
        assert decoded(DOCX, docx("suivant")).split() == ["suivant"]


def test_what_is_said_in_an_attachment_alone_is_found(pool: Pool, mail_account: MailAccount) -> None:
    """Typed without its accents, or in another form, as any word of a message."""
    append(mail_account, with_files("pdf", (PDF, pdf("Un réquisitoire sévère", "et un hémi-", "cycle"))))
    append(mail_account, with_files("odt", (ODT, odt("Les bénéficiaires"))))
    append(mail_account, with_files("docx", (PDF, b"%PDF-rien"), (DOCX, docx("La première fantasmagorie"))))
    for typed, subject in (
        ("requisitoire", "pdf"), ("SÉVÈRE", "pdf"), ("hémicycle", "pdf"), ("beneficiaire", "odt"),
        ("fantasmagories", "docx"), ("Première", "docx"),
    ):  # fmt: skip
        assert found(pool, mail_account, typed) == [subject], typed


def test_a_file_of_no_type_is_known_by_its_name(pool: Pool, mail_account: MailAccount) -> None:
    message = letter("m@ac-amiens.fr", subject="sans type")
    message.add_attachment(pdf("fantasmagorie"), maintype="application", subtype="octet-stream", filename="Été.v2.PDF")
    append(mail_account, message)
    assert found(pool, mail_account, "fantasmagorie") == ["sans type"]


def test_inside_a_forwarded_message_too(pool: Pool, mail_account: MailAccount) -> None:
    outer = letter("m@ac-amiens.fr", subject="transfert")
    outer.add_attachment(with_files("dedans", (ODT, odt("fantasmagorie"))))
    append(mail_account, outer)
    assert found(pool, mail_account, "fantasmagorie") == ["transfert"]


def test_a_bomb_does_not_keep_the_other_words_from_the_index(pool: Pool, mail_account: MailAccount) -> None:
    bomb = zipped({"word/document.xml": b"<a>" + b" " * 300_000_000})
    too_large = pdf("invisible") + bytes(server.INPUT_LIMIT)
    message = with_files("bombes", (DOCX, bomb), (PDF, b"%PDF-1.7 cass\xe9"), (ODT, odt("fantasmagorie")))
    message.add_attachment("Une note en clair.", filename="note.txt")
    append(mail_account, message)
    append(mail_account, with_files("lourd", (PDF, too_large), (DOCX, docx("fantasmagorie"))))
    append(mail_account, with_files("après"))
    for typed in ("bombes", "clair"):
        assert found(pool, mail_account, typed) == ["bombes"]
    assert found(pool, mail_account, "fantasmagorie") == ["bombes", "lourd"]
    assert found(pool, mail_account, "invisible") == []
    assert found(pool, mail_account, "texte") == ["après", "bombes", "lourd"]


def test_at_delivery_too(pool: Pool, mail_account: MailAccount) -> None:
    deliver_locally(with_files("livré", (PDF, pdf("fantasmagorie"))), mail_account.address)
    wait_for_mail(mail_account)
    assert found(pool, mail_account, "fantasmagorie") == ["livré"]
