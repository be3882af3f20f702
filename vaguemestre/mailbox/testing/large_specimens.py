"""Specimens of the museum whose danger is their size: made when they are needed."""

import gzip
import io
import zipfile
from base64 import encodebytes
from collections.abc import Callable

_TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nTexte visible\r\n"


def _message(name: str, subject: bytes, rest: bytes, *, fields: bytes = b"") -> bytes:
    head = (
        b"From: Anne Auteur <anne@librairie.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    )
    return head + b"Message-ID: <%s@librairie.example>\r\nSubject: %s\r\n" % (name.encode(), subject) + fields + rest


def _with_file(name: str, subject: bytes, kind: bytes, file: bytes, content: bytes) -> bytes:
    part = (
        b"Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n" % kind
        + b"Content-Disposition: attachment; filename=%s\r\n\r\n" % file
        + encodebytes(content).replace(b"\n", b"\r\n")
    )
    body = b"--b\r\n" + _TEXT + b"--b\r\n" + part + b"--b--\r\n"
    return _message(name, subject, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body)


def parts_100000() -> bytes:
    parts = b"--b\r\n" + _TEXT + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n"
    return _message("parts_100000", b"Cent mille", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts)


def nesting_5000() -> bytes:
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5000))
    return _message("nesting_5000", b"Puits", opening + _TEXT)


def messages_500_deep() -> bytes:
    inner = b"".join(b"Subject: niveau %d\r\nContent-Type: message/rfc822\r\n\r\n" % n for n in range(500))
    return _message("messages_500_deep", b"Poupees", b"Content-Type: message/rfc822\r\n\r\n" + inner + _TEXT)


def recipients_10000() -> bytes:
    people = b",\r\n ".join(b"Personne %d <p%d@ac-amiens.fr>" % (n, n) for n in range(10_000))
    return _message("recipients_10000", b"A tous", b"To: " + people + b"\r\n" + _TEXT)


def subject_of_1_megabyte() -> bytes:
    return _message("subject_of_1_megabyte", b"Objet " + b"sans fin " * 116_000, _TEXT)


def subject_of_1_megabyte_encoded() -> bytes:
    words = b"\r\n ".join([b"=?utf-8?q?" + b"=C3=A9" * 10 + b"?="] * 14_000)
    return _message("subject_of_1_megabyte_encoded", words, _TEXT)


def header_of_5_megabytes() -> bytes:
    return _message("header_of_5_megabytes", b"Entete enorme", b"X-Long: " + b"x" * 5_000_000 + b"\r\n" + _TEXT)


def headers_50000() -> bytes:
    return _message("headers_50000", b"Champs sans fin", b"".join(b"X-%d: y\r\n" % n for n in range(50_000)) + _TEXT)


def references_100000() -> bytes:
    fields = b"References: " + b"\r\n ".join(b"<r%d@x.example>" % n for n in range(100_000)) + b"\r\n"
    return _message("references_100000", b"Fil sans fin", fields + _TEXT)


def html_of_3_megabytes() -> bytes:
    html = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + b"<p>Texte visible</p>\r\n" * 150_000
    return _message("html_of_3_megabytes", b"Page enorme", html)


def html_large_with_text() -> bytes:
    html = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + b"<p>Riche</p>\r\n" * 150_000
    rest = b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n" + _TEXT + b"--b\r\n" + html + b"--b--\r\n"
    return _message("html_large_with_text", b"Deux faces inegales", rest)


def text_of_5_megabytes() -> bytes:
    return _message("text_of_5_megabytes", b"Texte enorme", _TEXT + b"Une ligne de plus.\r\n" * 250_000)


def quotes_of_1_megabyte() -> bytes:
    return _message(
        "quotes_of_1_megabyte", b"Citations sans fin", _TEXT + b"Le 3 mai 10:12 x@y a ecrit :\r\n> a\r\n" * 25_000
    )


def line_of_5_megabytes() -> bytes:
    return _message("line_of_5_megabytes", b"Ligne sans fin", _TEXT[:-2] + b" x" * 2_500_000 + b"\r\n")


def line_of_spaces() -> bytes:
    return _message("line_of_spaces", b"Espaces sans fin", _TEXT + b"--" + b" " * 100_000 + b"x\r\n")


def spaces_in_quoted_printable() -> bytes:
    fields = b"Content-Transfer-Encoding: quoted-printable\r\n"
    return _message("spaces_in_quoted_printable", b"Espaces", fields + _TEXT + b" " * 200_000 + b"x\r\n")


def zip_bomb() -> bytes:
    """100 files of 10 MB in 1 MB, then that in another, as a scanner would open them."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0", b"\0" * 10_000_000)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100):
            archive.writestr(f"../../{number}.zip", inner.getvalue())
    return _with_file("zip_bomb", b"Archive", b"application/zip", b"archive.zip", outer.getvalue())


def gzip_bomb() -> bytes:
    content = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    return _with_file("gzip_bomb", b"Image compressee", b"image/svg+xml", b"dessin.svgz", content)


def document_bomb() -> bytes:
    """An office file whose one sheet would be 50 MB, with an entity that multiplies."""
    file = io.BytesIO()
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml", b'<!DOCTYPE x [<!ENTITY e0 "ah">' + entities + b"]><x>&e9;</x>" + b" " * 50_000_000
        )
    return _with_file(
        "document_bomb", b"Document", b"application/vnd.oasis.opendocument.text", b"note.odt", file.getvalue()
    )


def image_bomb() -> bytes:
    """A PNG of 60,000 by 60,000 points in a few bytes: a browser asks for 14 GB, if it believes it."""
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x06\x00\x00\x00\x00\x00\x00\x00"
    return _with_file("image_bomb", b"Image immense", b"image/png", b"immense.png", header)


def signed_envelope_of_a_million_pieces() -> bytes:
    """Open-ended, so that its end is only known by looking at each piece."""
    begin = bytes.fromhex("308006092a864886f70d010702a0803080020101310030800609" + "2a864886f70d010701" + "a0802480")
    kind = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    body = encodebytes(begin + b"\x04\x01x" * 1_000_000).replace(b"\n", b"\r\n")
    name = "signed_envelope_of_a_million_pieces"
    return _message(name, b"Un million", kind + b"Content-Transfer-Encoding: base64\r\n\r\n" + body)


LARGE: dict[str, Callable[[], bytes]] = {
    make.__name__: make
    for make in (
        parts_100000, nesting_5000, messages_500_deep, recipients_10000, subject_of_1_megabyte,
        subject_of_1_megabyte_encoded, header_of_5_megabytes, headers_50000, references_100000, html_of_3_megabytes,
        html_large_with_text, text_of_5_megabytes, quotes_of_1_megabyte, line_of_5_megabytes, line_of_spaces,
        spaces_in_quoted_printable, zip_bomb, gzip_bomb, document_bomb, image_bomb,
        signed_envelope_of_a_million_pieces,
    )
}  # fmt: skip
