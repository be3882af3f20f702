"""Office formats, told from one another by their bytes."""

import pytest

from vaguemestre.mailbox.sandbox.converter import OLE
from vaguemestre.mailbox.sandbox.converter.office_formats import can_convert, is_plain_table, true_format
from vaguemestre.mailbox.testing.formats import EXCEL, SLIDES, WORD, old, zipped


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
        (zipped("a.txt"), "xls"), (EXCEL[:60], "xls"), (b"", "doc"), (b"a;b", "xls"),
        (OLE, "docx"),
        (old("EncryptedPackage"), "docx"), (old("WordDocument", "Workbook"), "doc"), (zipped(kind="graphics"), "odt"),
    ],
)  # fmt: skip
def test_what_they_do_not_say_stays(content: bytes, said: str) -> None:
    assert true_format(content, said) == said


HEAD = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
BOOK = HEAD + b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'


@pytest.mark.parametrize(
    ("content", "said", "true"),
    [
        (b"<html><body><table>", "xls", "xlshtml"), (b"\xef\xbb\xbf\r\n<!-- x --><TABLE border=1>", "xls", "xlshtml"),
        ("<html><table>".encode("utf-16"), "xls", "xlshtml"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html>", "xlsx", "xlshtml"),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:spreadsheet">', "xls", "xlshtml"),
        (BOOK, "xls", "xlsxml"), (b"\xef\xbb\xbf" + BOOK, "xls", "xlsxml"), (b"<feed>", "xls", "xls"),
        (b"<html><body><table>", "doc", "doc"), (b"<tabletop>", "xls", "xls"), (b"\0\1\2", "xls", "xls"),
        (b"", "xls", "xls"),
        (b"<!--" * 1000, "xls", "xls"),
    ],
)  # fmt: skip
def test_what_programs_call_a_spreadsheet(content: bytes, said: str, true: str) -> None:
    assert true_format(content, said) == true


@pytest.mark.parametrize(
    ("content", "extension", "can"),
    [
        (BOOK, "xlsxml", True), (b"<html><table>", "xlshtml", True), (b"<html><table>", "xlsxml", False),
        (BOOK, "xlshtml", False), (b"x", "xlsxml", False), (b"", "xlshtml", False), (EXCEL, "xlsxml", False),
        (OLE, "xlshtml", False), (EXCEL, "xlsx", True), (OLE, "xlsx", False), (b"MZ", "exe", False),
    ],
)  # fmt: skip
def test_what_can_be_converted_is_what_it_says(content: bytes, extension: str, can: bool) -> None:
    assert can_convert(extension, content) is can


@pytest.mark.parametrize(
    ("content", "in_columns"),
    [
        (b"NOM\tNOTE\r\nBLONDEL\t12,5", True), (b"NOM;NOTE\n", True), ("NOM\tÉ".encode("utf-16"), True),
        (b"<table>\t", False), (b"\0\1\t", False), (b"", False), (EXCEL, False), (old("Workbook"), False),
    ],
)  # fmt: skip
def test_words_in_columns(content: bytes, in_columns: bool) -> None:
    assert is_plain_table(content) is in_columns
