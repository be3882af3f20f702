"""Files that go with a message: judged by their bytes, kept under a name of ours, given to the two sides only."""

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpResponseBase
from django.utils.translation import gettext as _

from vaguemestre.career.models import Enclosure, Message, RequestDocument
from vaguemestre.mailbox.mime.file_signatures import HEAD, has_too_many_points, true_type

MOST = 5
LARGEST = 5 * 1024 * 1024
ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif"}
LONGEST_NAME = 100
OLD = 86400  # seconds
# Opened in a document of its own, without our origin, that can do nothing: and it is saved, not opened.
ALONE = "sandbox; default-src 'none'; frame-ancestors 'none'"
_BEFORE_A_PDF = re.compile(rb"[\s\x00\xef\xbb\xbf]{0,16}%PDF-1\.|[\s\x00\xef\xbb\xbf]{0,16}%PDF-2\.")


type Kept = Enclosure | RequestDocument


class FileRefusedError(ValueError):
    """The message says which file, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Judged:
    name: str
    kind: str
    content: bytes


def judge_files(files: Sequence[UploadedFile[Any]]) -> list[Judged]:
    """Raises FileRefusedError."""
    if len(files) > MOST:
        said = _("%(count)d files at most with one message. Send the others with a second one.")
        raise FileRefusedError(said % {"count": MOST})
    return [_judged(file) for file in files]


def save_files(message: Message, files: Sequence[Judged]) -> None:
    """Inside the message's transaction; the bytes go to disk first, and away again if it is undone."""
    for file in files:
        enclosure = Enclosure(message=message, name=file.name, kind=file.kind, size=len(file.content))
        write(enclosure, file.content)
        enclosure.save(force_insert=True)


def write(row: Kept, content: bytes) -> None:
    place = path_of(row)
    with place.open("xb") as opened:
        place.chmod(0o600)
        opened.write(content)


def path_of(enclosure: Kept) -> Path:
    folder: Path = settings.CAREER["files"]
    return folder / str(enclosure.key)


def file_response(enclosure: Kept) -> HttpResponseBase:
    """Saved by the browser, never shown as a page of ours."""
    response = FileResponse(path_of(enclosure).open("rb"), content_type=enclosure.kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(enclosure.name)}"
    response["Content-Security-Policy"] = ALONE
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


def delete_files(enclosures: Sequence[Kept]) -> None:
    """Once the rows are gone for good."""
    places = [path_of(one) for one in enclosures]

    def unlink() -> None:
        for place in places:
            place.unlink(missing_ok=True)

    transaction.on_commit(unlink)


def _judged(file: UploadedFile[Any]) -> Judged:
    name = _clean(file.name or "")
    if (file.size or 0) > LARGEST:
        said = _("« %(name)s » is larger than 5 MB. Reduce it, or cut it in two.")
        raise FileRefusedError(said % {"name": name})
    content = file.read()
    kind = true_type(content[:HEAD])
    if kind not in ENDINGS or (kind == "application/pdf" and not _BEFORE_A_PDF.match(content)):
        said = _(
            "« %(name)s » is neither a PDF nor a JPEG, PNG or GIF picture. Save it as a PDF, or photograph it, "
            "then bring it again."
        )
        raise FileRefusedError(said % {"name": name})
    if has_too_many_points(content):
        raise FileRefusedError(_("« %(name)s » is too large a picture to be opened. Reduce it.") % {"name": name})
    return Judged(_with_its_ending(name, kind), kind, content)


def _clean(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in last)
    return re.sub(r"\s+", " ", visible).strip(" .")[-LONGEST_NAME:] or _("document")


def _with_its_ending(name: str, kind: str) -> str:
    """A name that says another kind than the bytes would be opened by another program."""
    ending = ENDINGS[kind]
    fits = name.lower().endswith((ending, ".jpeg")) if kind == "image/jpeg" else name.lower().endswith(ending)
    return name if fits else f"{name}{ending}"


def sweep(now: datetime) -> None:
    """Bytes whose message was undone before it was written: older than a day, and of no row."""
    folder: Path = settings.CAREER["files"]
    old = [p for p in folder.iterdir() if p.stat().st_mtime < now.timestamp() - OLD] if folder.is_dir() else []
    for batch in batched(old, 500, strict=False):
        keys = _keys(batch)
        known = {str(key) for key in Enclosure.objects.filter(pk__in=keys).values_list("pk", flat=True)}
        known |= {str(key) for key in RequestDocument.objects.filter(pk__in=keys).values_list("pk", flat=True)}
        for place in batch:
            if place.name not in known:
                place.unlink(missing_ok=True)


def _keys(places: Sequence[Path]) -> list[UUID]:
    found = []
    for place in places:
        with suppress(ValueError):
            found.append(UUID(place.name))
    return found
