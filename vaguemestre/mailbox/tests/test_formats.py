"""Office formats, told from one another by their octets."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from vaguemestre.mailbox.converter import OLE
from vaguemestre.mailbox.converter.formats import true_format


def zipped(*names: str, kind: str = "") -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        if kind:
            archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return file.getvalue()


def old(*streams: str) -> bytes:
    return OLE + b"\0" * 504 + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))


WORD, EXCEL, SLIDES = zipped("word/document.xml"), zipped("xl/workbook.xml"), zipped("ppt/presentation.xml")


@pytest.mark.parametrize(
    ("content", "said", "true"),
    [
        (EXCEL, "xls", "xlsx"), (WORD, "doc", "docx"), (SLIDES, "ppt", "pptx"),
        (EXCEL, "docx", "xlsx"), (EXCEL, "csv", "xlsx"),
        (old("WordDocument", "1Table"), "docx", "doc"), (old("Workbook"), "xlsx", "xls"), (old("Book"), "xlsx", "xls"),
        (old("PowerPoint Document"), "pptx", "ppt"), (b"{\\rtf1 x}", "doc", "rtf"),
        (zipped(kind="spreadsheet"), "xls", "ods"), (zipped(kind="text"), "doc", "odt"),
        (zipped(kind="presentation"), "ppt", "odp"),
    ],
)  # fmt: skip
def test_the_octets_decide(content: bytes, said: str, true: str) -> None:
    assert true_format(content, said) == true


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped("word/document.xml", "word/vbaProject.bin"), "docm"), (EXCEL, "xlsm"),
        (zipped("word/a", "xl/b"), "doc"),
        (zipped("a.txt"), "xls"), (EXCEL[:60], "xls"), (b"", "doc"), (b"<html>", "xls"), (b"a;b", "xls"),
        (OLE, "docx"),
        (old("EncryptedPackage"), "docx"), (old("WordDocument", "Workbook"), "doc"), (zipped(kind="graphics"), "odt"),
    ],
)  # fmt: skip
def test_what_they_do_not_say_stays(content: bytes, said: str) -> None:
    assert true_format(content, said) == said
