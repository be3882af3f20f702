"""What was sent: laid aside, looked at, cut into parts that are stored one after the other."""

import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from vaguemestre.mailbox.values import FolderName, InvalidValueError
from vaguemestre.moving import zip_archives
from vaguemestre.moving.mbox import LARGEST, looks_like_mbox
from vaguemestre.moving.models import Part
from vaguemestre.moving.zip_archives import ArchiveRefusedError

type File = UploadedFile[bytes]
LEFT_FREE = 1024**3  # of the disk, for the mail that arrives
_HEAD = 4096
_FIELD = re.compile(rb"(?:\xef\xbb\xbf)?(?:>?From [^\n]*\n)?[!-9;-~]{1,200}[ \t]*:")
_OUTLOOK = (b"!BDN", b"\xd0\xcf\x11\xe0")  # .pst, .msg
Kind = Part.Kind


class FileRefusedError(Exception):
    """`reason` is a word of `progress_text.file_refused_text`; nothing of what was sent with it is taken either."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


def disk_has_room(folder: Path, octets: int = 0) -> bool:
    return shutil.disk_usage(folder).free >= octets + LEFT_FREE


@dataclass(frozen=True, slots=True)
class StoredUpload:
    parts: list[Part]  # not saved
    ignored: int


def store_upload(sent: Sequence[File], folder: Path) -> StoredUpload:
    """Raises FileRefusedError; the folder is then as if nothing had come."""
    try:
        folder.mkdir(mode=0o700, parents=True)
        return _looked(sent, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _looked(sent: Sequence[File], folder: Path) -> StoredUpload:
    parts: list[Part] = []
    ignored = 0
    for number, upload in enumerate(sent, start=1):
        name, place = (upload.name or "")[-200:], folder / f"{number}.sent"
        if not upload.size:
            raise FileRefusedError(name, "empty")
        if not disk_has_room(folder, upload.size):
            raise FileRefusedError(name, "disk")
        _keep(upload, place)
        try:
            found, more = _parts(place, name)
        except ArchiveRefusedError as refused:
            raise FileRefusedError(name, refused.reason) from refused
        parts += found
        ignored += more
    for number, part in enumerate(parts):
        part.number = number
    return StoredUpload(parts, ignored)


def _keep(upload: File, place: Path) -> None:
    """A large one lies on the same disk already: it only gets a second name."""
    if isinstance(upload, TemporaryUploadedFile):
        with suppress(OSError):
            os.link(upload.temporary_file_path(), place)
            return
    with place.open("wb") as out:
        for piece in upload.chunks():
            out.write(piece)


def _parts(place: Path, name: str) -> tuple[list[Part], int]:
    with place.open("rb") as file:
        head = file.read(_HEAD)
    size = place.stat().st_size
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(place, name)
    if head.startswith(_OUTLOOK):
        raise ArchiveRefusedError("outlook")
    if looks_like_mbox(head) and not name.lower().endswith(".eml"):
        return [Part(kind=Kind.MBOX, file=place.name, label=name, size=size)], 0
    if not _FIELD.match(head.lstrip(b"\r\n")):
        raise ArchiveRefusedError("other")
    if size > LARGEST:
        raise ArchiveRefusedError("large")
    return [Part(kind=Kind.LETTER, file=place.name, label=name, size=size)], 0


def _of_archive(place: Path, name: str) -> tuple[list[Part], int]:
    found = zip_archives.archive_contents(place)
    if not found.boxes and not found.letters:
        raise ArchiveRefusedError("nothing")
    if not disk_has_room(place.parent, found.octets):
        raise ArchiveRefusedError("disk")
    # The folders of all of them together, or of none: a lone box goes into the folder that was chosen.
    places = [PurePosixPath(one.filename).with_suffix("") for one in found.boxes]
    places += [PurePosixPath(folder) for folder in found.letters]
    shared = _shared(places)
    parts = [
        Part(
            kind=Kind.PACKED_MBOX, file=place.name, member=one.filename, size=one.file_size,
            folder=_folder(places[index], shared), label=f"{name}: {one.filename}"[-255:],
        )
        for index, one in enumerate(found.boxes)
    ]  # fmt: skip
    parts += [
        Part(
            kind=Kind.PACKED_LETTERS, file=place.name, member=folder, size=count,
            folder=_folder(PurePosixPath(folder), shared), label=f"{name}: {folder}"[-255:] if folder != "." else name,
        )
        for folder, count in found.letters.items()
    ]  # fmt: skip
    return parts, found.ignored


def _shared(places: Sequence[PurePosixPath]) -> int:
    """How many levels all have in common."""
    if len(places) == 1:
        return len(places[0].parts)
    levels = 0
    for row in zip(*(place.parts for place in places), strict=False):
        if len(set(row)) > 1:
            break
        levels += 1
    return levels


def _folder(place: PurePosixPath, shared: int) -> str:
    """Names that a folder can bear; what cannot is written another way."""
    labels = []
    for level in place.parts[shared : shared + FolderName.DEPTH_LIMIT - 3]:
        try:
            labels.append(str(FolderName.within(level[: FolderName.LABEL_LIMIT])))
        except InvalidValueError:
            kept = re.sub(r"[^\w -]+", "-", level)[:60].strip(" -.")
            labels.append(kept or "Dossier")
    return "/".join(labels)
