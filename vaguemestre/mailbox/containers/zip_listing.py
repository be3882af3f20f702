"""What a zip file says that it holds. Nothing is unpacked: neither its size nor its paths can do harm."""

import struct
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.mime.header_text import clean_text

SHOWN = 500
DIRECTORY_LIMIT = 2 * 1024 * 1024  # bytes of the table of contents, which is read whole
_END = struct.Struct("<4s4H2LH")
_END_64 = b"PK\x06\x07"  # a second table of contents, believed in the place of the first: for files beyond 4 GB
_END_64_SIZE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    size: int
    locked: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """`total` counts them all, `entries` holds the first ones."""

    entries: tuple[Entry, ...]
    total: int


def list_zip(content: bytes) -> Listing:
    """Raises `UnpackError`."""
    files = [entry for entry in zip_members(content) if not entry.is_dir()]
    shown = tuple(
        Entry(clean_text(one.filename)[:300], one.file_size, bool(one.flag_bits & 1)) for one in files[:SHOWN]
    )
    return Listing(shown, len(files))


def zip_members(content: bytes) -> list[ZipInfo]:
    """Folders too. Raises `UnpackError`, also for a table of contents that would fill the memory."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or end + _END.size > len(content):
        raise UnpackError("sign")
    second = content[max(0, end - _END_64_SIZE) : end].startswith(_END_64)
    if second or _END.unpack_from(content, end)[5] > DIRECTORY_LIMIT:
        raise UnpackError("size")
    try:
        with ZipFile(BytesIO(content)) as archive:
            return archive.infolist()
    except (BadZipFile, struct.error, NotImplementedError, ValueError, LookupError, OSError) as error:
        raise UnpackError("broken") from error
