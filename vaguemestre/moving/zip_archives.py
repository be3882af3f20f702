"""What a zip archive holds of mail, judged by its own table before anything of it is unpacked."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from vaguemestre.moving.mbox import LARGEST, looks_like_mbox

MOST = 200_000  # files
TABLE_LIMIT = 64 * 1024 * 1024  # bytes of an archive's table, which is read whole
RATIO = 300  # mail packs ten times smaller; a trap thousands of times
_SMALL = 1024 * 1024  # whose ratio does not matter
_HEAD = 4096
_SUFFIXES = (".eml", ".mbox", ".mbx", "")
_PIECE = 1024 * 1024


class ArchiveRefusedError(Exception):
    """`reason` is a word of `progress_text.file_refused_text`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Contents:
    """`letters`: by folder, how many. `ignored`: other files."""

    boxes: list[ZipInfo] = field(default_factory=list)
    letters: dict[str, int] = field(default_factory=dict)
    ignored: int = 0
    octets: int = 0  # unpacked


def archive_contents(path: Path) -> Contents:
    """Raises ArchiveRefusedError."""
    found = Contents()
    with open_archive(path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if not _is_mail(archive, info):
                found.ignored += 1
                continue
            _judge(info)
            found.octets += info.file_size
            if _is_message(info):
                folder = str(PurePosixPath(info.filename).parent)
                found.letters[folder] = found.letters.get(folder, 0) + 1
            else:
                found.boxes.append(info)
    return found


def open_archive(path: Path) -> ZipFile:
    if _table_size(path) > TABLE_LIMIT:
        raise ArchiveRefusedError("many")
    try:
        archive = ZipFile(path)
    except (BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise ArchiveRefusedError("broken") from error
    if len(archive.filelist) > MOST:
        archive.close()
        raise ArchiveRefusedError("many")
    return archive


def archive_messages(path: Path, folder: str, start: int) -> Iterator[tuple[int, bytes | None]]:
    """The place after each letter of one folder, and its bytes; None when it is too large or cannot be read."""
    with open_archive(path) as archive:
        mine = [
            one for one in archive.infolist() if _is_message(one) and str(PurePosixPath(one.filename).parent) == folder
        ]
        for place, info in enumerate(mine[start:], start=start + 1):
            yield place, _read(archive, info)


def unpack_member(path: Path, member: str, to: Path) -> None:
    """One mbox, whole or not at all. Raises ArchiveRefusedError."""
    fresh = to.with_suffix(".new")
    try:
        with open_archive(path) as archive, archive.open(member) as source, fresh.open("wb") as out:
            while piece := source.read(_PIECE):
                out.write(piece)
    except (BadZipFile, EOFError, KeyError, NotImplementedError, RuntimeError, zlib.error) as error:
        fresh.unlink(missing_ok=True)
        raise ArchiveRefusedError("broken") from error
    fresh.replace(to)


def _read(archive: ZipFile, info: ZipInfo) -> bytes | None:
    if info.file_size > LARGEST:
        return None
    try:
        return archive.read(info)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error):
        return None


def _is_message(info: ZipInfo) -> bool:
    return not info.is_dir() and info.filename.lower().endswith(".eml") and not _hidden(info)


def _hidden(info: ZipInfo) -> bool:
    """What a Mac puts beside each file."""
    return info.filename.startswith("__MACOSX/") or PurePosixPath(info.filename).name.startswith("._")


def _is_mail(archive: ZipFile, info: ZipInfo) -> bool:
    suffix = PurePosixPath(info.filename).suffix.lower()
    if suffix not in _SUFFIXES or _hidden(info) or not info.file_size:
        return False
    if suffix == ".eml":
        return True
    _refuse_unreadable(info)
    try:
        with archive.open(info) as file:
            return looks_like_mbox(file.read(_HEAD))
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error):
        return False


def _judge(info: ZipInfo) -> None:
    _refuse_unreadable(info)
    if info.file_size > _SMALL and info.file_size > RATIO * max(1, info.compress_size):
        raise ArchiveRefusedError("trap")


def _refuse_unreadable(info: ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise ArchiveRefusedError("locked")
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise ArchiveRefusedError("packing")


def _table_size(path: Path) -> int:
    """As the archive's end says it: read before the library reads the table itself."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        tail = file.read()
        place = tail.rfind(b"PK\x05\x06")
        if place < 0 or place + 22 > len(tail):
            raise ArchiveRefusedError("broken")
        octets: int = struct.unpack_from("<I", tail, place + 12)[0]
        return octets if octets != 0xFFFF_FFFF else _large_table_size(file, tail, place)


def _large_table_size(file: BinaryIO, tail: bytes, place: int) -> int:
    if place < 20 or tail[place - 20 : place - 16] != b"PK\x06\x07":
        raise ArchiveRefusedError("broken")
    file.seek(struct.unpack_from("<Q", tail, place - 12)[0])
    record = file.read(56)
    if len(record) < 56 or record[:4] != b"PK\x06\x06":
        raise ArchiveRefusedError("broken")
    octets: int = struct.unpack_from("<Q", record, 40)[0]
    return octets
