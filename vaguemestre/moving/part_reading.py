"""The messages of a part, from the place where the last slice stood, whatever kind of file they are in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vaguemestre.mailbox.values import ANSWERED, DRAFT, FLAGGED, SEEN, Flag
from vaguemestre.moving import import_jobs, mbox, mbsync, zip_archives
from vaguemestre.moving.models import Part

_LETTERS = {"S": SEEN, "R": ANSWERED, "F": FLAGGED, "D": DRAFT}


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """`raw` is None for a message that is too large or cannot be read."""

    raw: bytes | None
    separator: bytes
    after: int
    flags: tuple[Flag, ...] | None = None  # None: what the message says of itself
    date: datetime | None = None


def source_messages(part: Part) -> Iterator[SourceMessage]:
    place = import_jobs.folder_of(part.intake_id) / part.file
    if part.kind == Part.Kind.LETTER:
        return iter([SourceMessage(place.read_bytes(), b"", part.size)])
    if part.kind == Part.Kind.PACKED_LETTERS:
        return (
            SourceMessage(raw, b"", after)
            for after, raw in zip_archives.archive_messages(place, part.member, part.after)
        )
    if part.kind == Part.Kind.COPIED:
        return _copied(place, part.after)
    return _of_box(unpack_source(part) if part.kind == Part.Kind.PACKED_MBOX else place, part.after)


def unpack_source(part: Part) -> Path:
    return import_jobs.folder_of(part.intake_id) / f"{part.number}.mbox"


def delete_unpacked(part: Part) -> None:
    """What was unpacked for a part that is over takes no more room."""
    if part.kind == Part.Kind.PACKED_MBOX:
        unpack_source(part).unlink(missing_ok=True)


def _copied(place: Path, start: int) -> Iterator[SourceMessage]:
    for after, name in enumerate(mbsync.messages(place)[start:], start=start + 1):
        file = place / name
        raw = file.read_bytes() if file.stat().st_size <= mbox.LARGEST else None
        date = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        flags = tuple(_LETTERS[letter] for letter in mbsync.flags_of(name) if letter in _LETTERS)
        yield SourceMessage(raw, b"", after, flags, date)


def _of_box(place: Path, start: int) -> Iterator[SourceMessage]:
    with place.open("rb") as file:
        for found in mbox.read_mbox(file, start):
            yield SourceMessage(found.raw, found.separator, found.after)
