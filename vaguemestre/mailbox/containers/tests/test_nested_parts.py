"""What lies inside a file: attached messages, winmail.dat, archives, cards; and what hostile ones cost."""

import struct
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, strategies as st

from vaguemestre.mailbox.containers import attached_message, tnef, zip_listing
from vaguemestre.mailbox.containers.nested_parts import piece_at, unpack
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.messages import Part, Piece
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.testing.pieces import winmail
from vaguemestre.mailbox.values import InvalidValueError, PiecePath

MESSAGE, TNEF = Part(None, "message/rfc822"), Part(None, "application/ms-tnef")


def mail(subject: str, *files: tuple[str, bytes]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Anne <a@x.example>"
    message.set_content("Bonjour")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def test_winmail_names_and_contents() -> None:
    found = tnef.read_tnef(winmail([("Compte rendu été.txt", b"un"), ("../x\u202e.doc", b"deux")], "Bonjour é"))
    assert [(file.part.filename, file.content) for file in found.files] == [
        ("Compte rendu été.txt", b"un"), (".._x.doc".strip("."), b"deux"),
    ]  # fmt: skip
    assert found.text == "Bonjour é"


def test_winmail_within_winmail() -> None:
    inner = winmail([("fond.txt", b"au fond")])
    outer = Piece(TNEF, winmail([("Message", inner)]))
    assert piece_at(outer, (1, 1)).content == b"au fond"


@given(st.binary(max_size=400))
def test_a_broken_winmail_never_surprises(noise: bytes) -> None:
    whole = winmail([("a.txt", b"contenu")])
    for raw in (whole[: len(noise)], whole[:40] + noise, b"\x78\x9f\x3e\x22\0\0" + noise):
        try:
            tnef.read_tnef(raw)
        except UnpackError:
            continue


def test_messages_within_messages() -> None:
    inner = mail("Dedans", ("a.txt", b"au fond"))
    outer = mail("Dehors")
    outer.add_attachment(inner)
    found = attached_message.read_attached_message(outer.as_bytes())
    assert found.headers.get("Subject") == "Dehors"
    assert [found.pieces[place - 1].part.subject for place in found.attachments] == ["Dedans"]
    assert piece_at(Piece(MESSAGE, outer.as_bytes()), (found.attachments[0], 2)).content == b"au fond"
    with pytest.raises(LookupError):
        piece_at(Piece(MESSAGE, outer.as_bytes()), (9,))


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1000)),
        b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"\n" * 12_000_000,
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(150))
        + b"\r" * 4_000_000,
        b'Content-Type: text/plain; name="' + b";" * 600_000 + b"\n\nx",
        b'From: a\ncontent-DISPOSITION:\r attachment; name="' + b"\r ;" * 200_000 + b"\n\nx",
    ],
    ids=["deep", "long", "returns", "parameters", "parameters in many lines"],
)
def test_a_message_that_would_take_minutes_is_refused(raw: bytes) -> None:
    with pytest.raises(UnpackError, match="work"):
        attached_message.read_attached_message(raw)


def test_an_attached_message_with_a_header_that_the_library_would_not_write() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    for field in (b"Content-Type: a/b; boundary=c\x0c\x0bd\x1ce\r:\t", b"X: a\x0c\x0bb\r\n c"):
        found = attached_message.read_attached_message(raw + field + b"\r\n\r\nbonjour\r\n--b--\r\n")
        assert b"bonjour" in found.pieces[0].content
    with pytest.raises(UnpackError):
        attached_message.read_attached_message(raw + b"X:\x0cg:\r\n\r\nbonjour\r\n--b--\r\n")


def test_a_hundred_thousand_parts_are_cut() -> None:
    raw = b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"--a\n\nx\n" * 100_000
    assert len(attached_message.read_attached_message(raw).pieces) == attached_message.LEAF_LIMIT


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message(noise: bytes) -> None:
    for raw in (noise, b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" + noise):
        try:
            unpack(Piece(MESSAGE, raw))
        except UnpackError:
            continue


def test_an_archive_tells_what_it_holds() -> None:
    held = BytesIO()
    with ZipFile(held, "w") as made:
        for number in range(zip_listing.SHOWN + 5):
            made.writestr(f"dossier/\u202e{number}.txt", b"x")
    found = zip_listing.list_zip(held.getvalue())
    assert (found.total, len(found.entries)) == (zip_listing.SHOWN + 5, zip_listing.SHOWN)
    assert found.entries[0] == zip_listing.Entry("dossier/0.txt", 1, False)


def test_an_archive_whose_contents_table_is_a_flood_is_refused() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 25_000_000, 0, 0)
    with pytest.raises(UnpackError, match="size"):
        zip_listing.list_zip(b"\0" * 100 + end)


def test_an_archive_with_a_second_contents_table_is_refused() -> None:
    """Python believes it, whatever the first one says."""
    second = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 500_000, 500_000, 25_000_000, 0)
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, 100, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 46, 0, 0)
    with pytest.raises(UnpackError, match="size"):
        zip_listing.list_zip(b"\0" * 100 + second + where + end)


@pytest.mark.parametrize(
    ("header", "points"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">LL", 10_000, 10_000), 100_000_000),
        (b"GIF89a" + struct.pack("<HH", 65_000, 65_000), 65_000**2),
        (b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 300, 200), 60_000),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x0f\x27\0\x0f\x27\0", 100_000_000),
        (b"BM" + b"\0" * 16 + struct.pack("<ll", 10, -20), 200),
        (b"\xff\xd8\xff" + b"\xff" * 400, None),
        (b"\x89PNG\r\n\x1a\n", None),
    ],
)
def test_how_many_points_an_image_claims(header: bytes, points: int | None) -> None:
    assert file_signatures.pixel_count(header) == points


@pytest.mark.parametrize("value", ["", "0", "1-", "1-0", "-1", "1-1-1-1-1-1", "1-1000", "1/2", "1.0-1"])
def test_a_wrong_place_is_refused(value: str) -> None:
    with pytest.raises(InvalidValueError):
        PiecePath(value)
