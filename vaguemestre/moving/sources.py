"""The messages of a part, from the place where the last slice stood, whatever kind of file they are in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.moving import archives, mbox, orders
from vaguemestre.moving.models import Part


@dataclass(frozen=True, slots=True)
class Taken:
    """`raw` is None for a message that is too large or cannot be read."""

    raw: bytes | None
    separator: bytes
    after: int


def messages(part: Part) -> Iterator[Taken]:
    place = orders.folder_of(part.intake_id) / part.file
    if part.kind == Part.Kind.LETTER:
        return iter([Taken(place.read_bytes(), b"", part.size)])
    if part.kind == Part.Kind.PACKED_LETTERS:
        return (Taken(raw, b"", after) for after, raw in archives.letters(place, part.member, part.after))
    return _of_box(unpacked(part) if part.kind == Part.Kind.PACKED_MBOX else place, part.after)


def unpacked(part: Part) -> Path:
    return orders.folder_of(part.intake_id) / f"{part.number}.mbox"


def put_away(part: Part) -> None:
    """What was unpacked for a part that is over takes no more room."""
    if part.kind == Part.Kind.PACKED_MBOX:
        unpacked(part).unlink(missing_ok=True)


def _of_box(place: Path, start: int) -> Iterator[Taken]:
    with place.open("rb") as file:
        for found in mbox.messages(file, start):
            yield Taken(found.raw, found.separator, found.after)
