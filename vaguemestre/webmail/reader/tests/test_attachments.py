"""Which attachments are shown and how, under which type they leave, and under which name."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import RequestFactory
from django.utils import timezone

from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.values import PartPath
from vaguemestre.webmail.content.attachments import disposition, distinct_names, range_response
from vaguemestre.webmail.content.file_types import BY_EXTENSION, display_way, file_kind, served_type
from vaguemestre.webmail.reader.zip_download import zip_chunks

PNG, PDF = b"\x89PNG\r\n\x1a\n", b"%PDF-1.4"


def part(declared: str, name: str) -> Part:
    return Part(PartPath("2"), declared, filename=name)


@pytest.mark.parametrize(
    ("declared", "name", "content", "way", "served"),
    [
        ("image/png", "a.png", PNG, "image", "image/png"),
        ("image/jpeg", "a.jpg", PNG, "image", "image/png"),  # by what it is, not by what it is called
        ("image/png", "a.png", b"<script>", "image", ""),
        ("image/gif", "a.gif", b"GIF89a=1;alert(1)//<script>", "image", "image/gif"),  # a polyglot is only an image
        ("application/pdf", "a.pdf", PDF, "pdf", "application/pdf"),
        ("application/pdf", "a.pdf", b"<html><script>", "pdf", ""),
        ("application/octet-stream", "Devis.PDF", PDF, "pdf", "application/pdf"),
        ("text/plain", "a.txt", b"a", "text", "text/plain; charset=utf-8"),
        ("text/csv", "a.csv", b"a", "table", "text/plain; charset=utf-8"),
        ("image/svg+xml", "a.svg", b"<svg>", "text", ""),
        ("text/html", "a.html", b"<p>", "text", ""),
        ("application/xhtml+xml", "a.xhtml", b"<p>", "text", ""),
        ("application/octet-stream", "a.svg", b"<svg>", "text", ""),
        ("text/javascript", "a.js", b"a", "text", ""),
        ("audio/mpeg", "a.mp3", b"ID3\3", "sound", "audio/mpeg"),
        ("video/quicktime", "a.mov", b"\0\0\0\x14ftypqt  ", "film", "video/mp4"),
        ("video/mp4", "a.mp4", b"<html>", "film", ""),
        ("application/octet-stream", "lettre.eml", b"", "message", ""),
        ("application/x-msdownload", "a.exe", b"MZ", "", ""),
        ("application/octet-stream", "a.png.exe", PNG, "", ""),
        ("application/acrobat", "a.pdf", PDF, "pdf", "application/pdf"),
        ("application/x-zip", "a.zip", b"PK", "archive", ""),
        ("audio/opus", "a.opus", b"OggS", "sound", "audio/ogg"),
        ("binary/octet-stream", "a.JPG", PNG, "image", "image/png"),
        ("image/pjpeg", "a.jpg", PNG, "image", "image/png"),
        ("application/x-unknown", "a.html", b"<p>", "text", ""),
        ("image/tiff", "a.png", PNG, "image", "image/png"),
        ("image/tiff", "a.tif", b"II*\0", "image", ""),  # no browser draws it: `converted_images`
        ("image/heic", "a.heic", b"\0\0\0\x18ftypheic", "image", ""),
        ("application/octet-stream", "a.HEIC", b"\0\0\0\x18ftypmif1", "image", ""),
        ("image/x-icon", "a.ico", b"\0\0\1\0\1\0", "image", ""),
        ("image/x-ms-bmp", "a.bmp", b"BM", "image", "image/bmp"),
        ("image/jp2", "a.jp2", b"", "", ""),
        ("text/x-unknown", "a.pdf", PDF, "text", ""),
        ("message/external-body", "a.pdf", PDF, "", ""),
    ],
)
def test_what_is_shown_and_what_may_leave(declared: str, name: str, content: bytes, way: str, served: str) -> None:
    found = part(declared, name)
    assert display_way(found) == way
    assert served_type(found, content) == served


MARKUP = [
    b"<!doctype html><script>alert(1)</script>",
    b"\xef\xbb\xbf <html>",
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()">',
    b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    b"<x>%PDF-1.4",
    b"\0\0\0\x14ftyp<script>",
]


@pytest.mark.parametrize("name", ["notes.xlsxml", "notes.xlshtml"])
def test_an_ending_of_our_own_is_none_that_a_sender_writes(name: str) -> None:
    assert not display_way(part("application/octet-stream", name))


@pytest.mark.parametrize("content", MARKUP)
@pytest.mark.parametrize(
    "declared", ["application/x-unknown", "audio/x-unknown", "x/html", "html", "", "model/svg+xml"]
)
def test_no_page_and_no_drawing_comes_in_by_a_type_that_is_unknown(declared: str, content: bytes) -> None:
    """Whatever it is called: it leaves as what its bytes are, as words, or is saved."""
    for ending in (*BY_EXTENSION, "shtml", "mht", "xht", "svgz", "txt.html", "html.txt"):
        found = part(declared, f"a.{ending}")
        said = {served_type(found, content), served_type(Part(None, declared, filename=""), content)}
        assert said <= {"", "text/plain; charset=utf-8", "application/pdf", "video/mp4", "audio/mp4"}, ending
        assert "application/pdf" not in said or b"%PDF-" in content
        assert not {"video/mp4", "audio/mp4"} & said or b"ftyp" in content


@pytest.mark.parametrize(
    ("declared", "name", "kind"),
    [
        ("application/msexcel", "notes.xls", "table"),
        ("application/vnd.ms-excel.sheet.macroEnabled.12", "notes.xlsm", "table"),
        ("application/vnd.ms-word.document.macroEnabled.12", "a.docm", "document"),
        ("application/msword", "a", "document"),
        ("application/x-zip", "a.zip", "archive"),
        ("application/acrobat", "a.pdf", "pdf"),
        ("audio/opus", "a.opus", "sound"),
        ("audio/x-unknown", "a.xyz", "sound"),
        ("image/tiff", "a.tif", "image"),
        ("application/x-msdownload", "a.exe", "other"),
    ],
)
@pytest.mark.parametrize("installed", [True, False])
def test_what_a_person_is_told(
    declared: str, name: str, kind: str, installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no program makes a PDF of it."""
    monkeypatch.setattr(converter, "is_installed", lambda: installed)
    assert file_kind(part(declared, name)) == kind
    if kind in {"table", "document"}:
        assert display_way(part(declared, name)) == ("office" if installed else "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Devis n° 12.pdf", "attachment; filename=\"Devis n_ 12.pdf\"; filename*=UTF-8''Devis%20n%C2%B0%2012.pdf"),
        ('a";x="b.exe', "attachment; filename=\"a__x__b.exe\"; filename*=UTF-8''a%22%3Bx%3D%22b.exe"),
        ("é", "attachment; filename=\"_\"; filename*=UTF-8''%C3%A9"),
    ],
)
def test_the_name_cannot_leave_its_header(name: str, expected: str) -> None:
    assert disposition("attachment", name) == expected


@pytest.mark.parametrize(
    ("asked", "status", "said", "content"),
    [
        ("", 200, None, b"0123456789"),
        ("bytes=2-4", 206, "bytes 2-4/10", b"234"),
        ("bytes=7-", 206, "bytes 7-9/10", b"789"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=0-999", 206, "bytes 0-9/10", b"0123456789"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("bytes=-0", 416, "bytes */10", b""),
        ("bytes=1-2,4-5", 200, None, b"0123456789"),
        ("bytes=-", 200, None, b"0123456789"),
        ("octets=1-2", 200, None, b"0123456789"),
    ],
)
def test_a_player_gets_the_part_it_asks_for(asked: str, status: int, said: str | None, content: bytes) -> None:
    response = range_response(RequestFactory().get("/", headers={"Range": asked}), b"0123456789")
    assert (response.status_code, response.get("Content-Range"), response.content) == (status, said, content)


def test_names_in_an_archive_are_all_different() -> None:
    names = ["a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "sans", "sans"]
    found = list(distinct_names(names))
    assert len({name.lower() for name in found}) == len(names)
    assert found[:2] == ["a.pdf", "A (2).PDF"]


def test_an_archive_leaves_in_pieces_and_opens() -> None:
    pieces = list(zip_chunks([("é.txt", [b"un", b"deux"]), ("é.txt", [b""])], timezone.now()))
    assert len(pieces) > 2
    with ZipFile(BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert {entry.filename: archive.read(entry) for entry in archive.infolist()} == {
            "é.txt": b"undeux",
            "é (2).txt": b"",
        }
