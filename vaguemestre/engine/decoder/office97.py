"""A document of Word, Excel or PowerPoint as they were written until 2007. Runs in the bounded child."""

import struct
from collections.abc import Callable

from vaguemestre.engine.decoder import doc, ppt, xls
from vaguemestre.engine.decoder.cfb import Compound, NoContainerError

_READERS = {
    "WordDocument": doc.write_text,
    "Workbook": xls.write_text,
    "Book": xls.write_text,
    "PowerPoint Document": ppt.write_text,
}


def write_text(raw: bytes, write: Callable[[str], object]) -> None:
    """What was written before something is wrong remains good; of what a password protects nothing is."""
    try:
        document = Compound(raw)
        for name, reader in _READERS.items():
            if name in document.streams:
                reader(document, write)
                return
    except (NoContainerError, struct.error):
        return
