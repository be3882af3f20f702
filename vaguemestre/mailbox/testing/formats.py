"""Shared by tests: formats."""

from io import BytesIO
from zipfile import ZipFile

from vaguemestre.mailbox.sandbox.converter import OLE


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
