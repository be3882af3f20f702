"""Pictures that no browser draws (HEIC, TIFF, ICO), drawn again by the converter's process, for the viewer."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import thumbnail_client
from vaguemestre.webmail.content.attachments import AttachmentAddress

HEIC = "image/heic"
KINDS = frozenset({HEIC, "image/tiff", "image/x-icon"})  # as their bytes say


@dataclass(frozen=True, slots=True)
class ConversionRequest:
    """Of whom, and which one: what was made of it is kept under that. `page`: of a scan."""

    owner: str
    spot: AttachmentAddress
    row: Row
    page: int = 1

    @property
    def name(self) -> str:
        return self.spot.image_name(self.owner, self.row, self.page)


def page_count(content: bytes) -> int:
    """Of a scan, as many as can be looked at."""
    return min(file_signatures.page_count(content), thumbnail_client.MOST_PAGES)


def is_convertible(content: bytes) -> bool:
    return file_signatures.true_type(content[: file_signatures.HEAD]) in KINDS


def most_points(content: bytes) -> int:
    return thumbnail_client.most_points(file_signatures.true_type(content[: file_signatures.HEAD]))


def conversion_state(wanted: ConversionRequest, content: bytes) -> converter.State:
    """Where it stands; asked for when it was not made. Whoever found no room asks again, which the page does."""
    found = converted_image(wanted)
    if found is not None:
        return "done" if found else "failed"
    if len(content) > thumbnail_client.INPUT_LIMIT:
        return "failed"
    if lacks_its_reader(content):
        return "away"
    return thumbnail_client.request_thumbnail(
        _folder(), wanted.owner, wanted.name, content, thumbnail_client.PICTURES, page=wanted.page
    )


def lacks_its_reader(content: bytes) -> bool:
    """Until somebody installs it."""
    return file_signatures.true_type(content[: file_signatures.HEAD]) == HEIC and not thumbnail_client.reads_heic()


def is_awaited(wanted: ConversionRequest) -> bool:
    """Under way, or without room: its bytes are not needed again."""
    return converter.is_awaited(_folder(), wanted.owner, wanted.name, thumbnail_client.PICTURES.name)


def converted_image(wanted: ConversionRequest) -> bytes | None:
    """A JPEG. None: not yet. Empty: it cannot be."""
    return thumbnail_client.cached_thumbnail(_folder(), wanted.name, thumbnail_client.PICTURES)


def _folder() -> Path:
    folder: Path = settings.MAIL["conversions"]
    return folder
