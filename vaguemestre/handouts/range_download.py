"""The octets of a file as a browser asks for them: all, or the part that a broken download still wants."""

import logging
import re
from collections.abc import Iterator

from django.db import connection
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from vaguemestre.handouts import chunked_upload, link_lifetime
from vaguemestre.handouts.encrypted_file import DamagedFileError
from vaguemestre.handouts.message_links import hash_of
from vaguemestre.handouts.models import Handout

MORSEL = 64 * 1024  # the server keeps some ahead of a slow reader: of whole chunks that would be ten megabytes
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")
logger = logging.getLogger(__name__)


class OutOfRangeError(Exception):
    """Nothing of the file lies there."""


def parse_range(asked: str, size: int) -> tuple[int, int] | None:
    """From where to before where. None for all of it: also when several parts are asked for, in another unit, or one
    that ends before it begins (RFC 9110, 14.1.1)."""
    found = _RANGE.fullmatch(asked.strip())
    if not found or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if first and last and int(last) < int(first):
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    if start >= end:
        raise OutOfRangeError
    return start, end


def download_response(handout: Handout, wanted: tuple[int, int] | None, *, head: bool = False) -> HttpResponseBase:
    """`head`: what is said of it only."""
    start, end = wanted or (0, handout.size)
    status, kind = 206 if wanted else 200, chunked_upload.PLAIN
    answer: HttpResponseBase = HttpResponse(status=status, content_type=kind)
    if not head:
        answer = StreamingHttpResponse(_octets(handout, start, end), status=status, content_type=kind)
    answer["Content-Length"] = str(end - start)
    if wanted:
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{handout.size}"
    answer["Content-Disposition"] = content_disposition_header(True, handout.name) or "attachment"
    answer["ETag"] = entity_tag(handout)
    answer["Accept-Ranges"] = "bytes"
    return answer


def out_of_range_response(handout: Handout) -> HttpResponse:
    return HttpResponse(status=416, headers={"Content-Range": f"bytes */{handout.size}"})


def entity_tag(handout: Handout) -> str:
    """The same as long as the file is: it never changes."""
    return f'"{hash_of(handout.key)[:16]}"'


def _octets(handout: Handout, start: int, end: int) -> Iterator[bytes]:
    """A slow reader takes an hour: no connection to the database waits with them. Whoever came to the end has it, in
    one part or the last of several."""
    _without_database()
    try:
        for chunk in chunked_upload.read_range(handout, start, end):
            yield from (chunk[place : place + MORSEL] for place in range(0, len(chunk), MORSEL))
    except (DamagedFileError, OSError) as error:
        logger.error("file by link %s: %s", handout.key, error)
        raise
    if end == handout.size:
        link_lifetime.note_download(handout, timezone.now())
        _without_database()


def _without_database() -> None:
    if not connection.in_atomic_block:
        connection.close()
