"""All attachments of a message as one zip file, written while it travels."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import RawIOBase
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from vaguemestre.webmail.content.attachments import distinct_names

type Entry = tuple[str, Iterable[bytes]]


def zip_chunks(entries: Sequence[Entry], when: datetime) -> Iterator[bytes]:
    """Names are a file's own, never a path, and no two are alike. Nothing is packed smaller: most of it is already."""
    local = timezone.localtime(when)
    stamp = (max(1980, min(2107, local.year)), local.month, local.day, local.hour, local.minute, local.second)
    out = _Outlet()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for (_name, pieces), name in zip(entries, distinct_names(name for name, _pieces in entries), strict=True):
            with archive.open(ZipInfo(name, stamp), "w") as member:
                yield from out.taken()  # its name, before anything of it is asked for
                for piece in pieces:
                    member.write(piece)
                    yield from out.taken()
        yield from out.taken()
    yield from out.taken()


class _Outlet(RawIOBase):
    """A file that cannot be wound back: what was written is handed on at once."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        held, self._held = self._held, []
        yield from held
