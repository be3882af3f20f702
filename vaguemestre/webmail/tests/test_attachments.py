"""Which attachments open, which are only saved, and under which name."""

import pytest

from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.values import PartPath
from vaguemestre.webmail.attachments import disposition, openable_type


def part(declared: str, name: str) -> Part:
    return Part(PartPath("2"), declared, filename=name)


@pytest.mark.parametrize(
    ("declared", "name", "served"),
    [
        ("image/png", "a.png", "image/png"),
        ("application/pdf", "a.pdf", "application/pdf"),
        ("application/octet-stream", "Devis.PDF", "application/pdf"),
        ("text/plain", "a.txt", "text/plain"),
        ("image/svg+xml", "a.svg", ""),
        ("text/html", "a.html", ""),
        ("application/xhtml+xml", "a.xhtml", ""),
        ("text/xml", "a.xml", ""),
        ("application/octet-stream", "a.svg", ""),
        ("application/octet-stream", "a.html", ""),
        ("text/javascript", "a.js", ""),
        ("application/vnd.ms-excel", "a.png", ""),
    ],
)
def test_only_what_cannot_run_is_opened(declared: str, name: str, served: str) -> None:
    assert openable_type(part(declared, name)) == served


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
