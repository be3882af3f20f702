"""A document of Word, Excel or PowerPoint as they were written until 2007. Runs in the bounded child."""

import struct
from collections.abc import Callable
from io import BytesIO

from olefile import OleFileIO

from vaguemestre.engine.decoder import doc, ppt, xls

_READERS = {
    "WordDocument": doc.write_text,
    "Workbook": xls.write_text,
    "Book": xls.write_text,
    "PowerPoint Document": ppt.write_text,
}
_BROKEN = (OSError, ValueError, LookupError, TypeError, RecursionError, struct.error)


def write_text(raw: bytes, write: Callable[[str], object]) -> None:
    """What was written before something is wrong remains good; of what a password protects nothing is."""
    try:
        document = OleFileIO(BytesIO(raw))
        streams = document.listdir()

        def read_stream(name: str) -> bytes:
            """Empty where there is none."""
            return document.openstream(name).read() if [name] in streams else b""

        for name, reader in _READERS.items():
            if [name] in streams:
                reader(read_stream, write)
                return
    except _BROKEN:
        return
