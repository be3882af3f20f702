"""Pictures that no browser draws (HEIC, TIFF, ICO), drawn anew by the converter's process, for the viewer."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from vaguemestre.mailbox import converter, magic
from vaguemestre.mailbox.converter import thumbnails
from vaguemestre.mailbox.messages import Row
from vaguemestre.webmail.attachments import Spot

HEIC = "image/heic"
KINDS = frozenset({HEIC, "image/tiff", "image/x-icon"})  # as their octets say


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of whom, and which one: what was made of it is kept under that. `page`: of a scan."""

    owner: str
    spot: Spot
    row: Row
    page: int = 1

    @property
    def name(self) -> str:
        """Neither number ever means another message, unless a folder is made anew: hence the last two."""
        spot, row = self.spot, self.row
        place = (spot.folder, spot.uid, spot.path, row.received.isoformat(), row.size)
        return thumbnails.name_of(self.owner, *place, *([self.page] if self.page > 1 else []))


def pages(content: bytes) -> int:
    """Of a scan, as many as can be looked at."""
    return min(magic.pages(content), thumbnails.MOST_PAGES)


def is_one(content: bytes) -> bool:
    return magic.true_type(content[: magic.HEAD]) in KINDS


def most_points(content: bytes) -> int:
    return thumbnails.most_points(magic.true_type(content[: magic.HEAD]))


def state(wanted: Wanted, content: bytes) -> converter.State:
    """Where it stands; asked for when it was not made. Whoever found no room asks again, which the page does."""
    found = made(wanted)
    if found is not None:
        return "done" if found else "failed"
    if len(content) > thumbnails.INPUT_LIMIT:
        return "failed"
    if lacks_its_reader(content):
        return "away"
    return thumbnails.ask(_folder(), wanted.owner, wanted.name, content, thumbnails.PICTURES, page=wanted.page)


def lacks_its_reader(content: bytes) -> bool:
    """Until somebody installs it."""
    return magic.true_type(content[: magic.HEAD]) == HEIC and not thumbnails.reads_heic()


def is_awaited(wanted: Wanted) -> bool:
    """Under way, or without room: its octets are not needed again."""
    return converter.is_awaited(_folder(), wanted.owner, wanted.name, thumbnails.PICTURES.name)


def made(wanted: Wanted) -> bytes | None:
    """A JPEG. None: not yet. Empty: it cannot be."""
    return thumbnails.kept(_folder(), wanted.name, thumbnails.PICTURES)


def _folder() -> Path:
    folder: Path = settings.MAIL["conversions"]
    return folder
