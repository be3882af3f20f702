"""Documents as office programs write them, as small as they can be, for tests of what is read in them."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_O = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def docx(inside: str) -> bytes:
    """`inside`: text, or runs of a paragraph."""
    runs = inside if inside.startswith("<") else f"<w:r><w:t>{inside}</w:t></w:r>"
    body = f"<w:document {_W}><w:body><w:p>{runs}</w:p></w:body></w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": body})


def odt(inside: str, *, styles: str = "", kind: str = "text") -> bytes:
    """`inside`: text, or paragraphs."""
    body = inside if inside.startswith("<") else f"<text:p>{inside}</text:p>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {_O}>{body}</office:document-content>",
            "styles.xml": f"<office:document-styles {_O}>{styles}</office:document-styles>",
        }
    )


def pdf(*lines: str) -> bytes:
    drawn = b"".join(b"(%s) Tj 0 -20 Td " % line.encode("cp1252") for line in lines)
    return pdf_of(b"BT /F1 12 Tf 72 720 Td %sET" % drawn)


def pdf_of(drawing: bytes) -> bytes:
    """One page, on which this is drawn."""
    packed = zlib.compress(drawing, 9)
    return b"".join(
        (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R",
            b"/Resources<</Font<</F1 5 0 R>>>>>>endobj\n",
            b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n" % (len(packed), packed),
            b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\n",
            b"trailer<</Root 1 0 R>>\n%%EOF\n",
        )
    )
