"""What strangers fetch, and what is fetched from strangers: files sent by a link, pictures that mails want shown.

A process that may read nothing of ours but these files, which are sealed: no database, no settings, no session, no key
but that of the tickets (`web.file_tickets`) by which `web` says what is to be served; nginx brings them here. Of each
file that was fetched to its end it leaves a note in `run/files/fetched`, which the clock counts.
"""

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from vaguemestre.handouts import range_download
from vaguemestre.mailbox.errors import FetchError
from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard
from vaguemestre.mailbox.sandbox.fetcher.fetch_share import fetch_share
from vaguemestre.mailbox.sandbox.fetcher.http_request import fetch_image
from vaguemestre.web import file_tickets

DATA, REFUSED, PERMITTED = "VAGUEMESTRE_DATA", "REFUSED_NETWORKS", "PERMITTED_ADDRESS"  # of the environment
# A browser guesses nothing and tells no other site where it came from. That it runs nothing, nginx says.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
logger = logging.getLogger(__name__)

type Facts = dict[str, Any]
type Answer = tuple[HTTPStatus, dict[str, str], Iterator[bytes]]


def application(environ: Facts, start_response: Callable[..., Any]) -> Iterator[bytes]:
    status, headers, content = _answer(environ)
    start_response(f"{status.value} {status.phrase}", [*HEADERS.items(), *headers.items()])
    return content


def _answer(environ: Facts) -> Answer:
    kind = environ["PATH_INFO"].removeprefix(file_tickets.PLACE).removesuffix("/")
    ticket = parse_qs(environ["QUERY_STRING"]).get(file_tickets.FIELD, [""])[0]
    serve = {file_tickets.HANDOUT: _handout, file_tickets.PICTURE: _picture}.get(kind)
    facts = file_tickets.open_ticket(_key(), kind, ticket, datetime.now(UTC)) if serve else None
    return serve(facts, environ) if serve and facts else _nothing(HTTPStatus.NOT_FOUND)


def _handout(facts: Facts, environ: Facts) -> Answer:
    key, size = str(facts["key"]), int(facts["size"])
    tag = range_download.entity_tag(key)
    asked = environ.get("HTTP_RANGE", "") if environ.get("HTTP_IF_RANGE", tag) == tag else ""
    try:
        part = range_download.parse_range(asked, size)
    except range_download.OutOfRangeError:
        return _nothing(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"})
    start, end = part or (0, size)
    headers = {
        "Content-Type": range_download.PLAIN, "Content-Length": str(end - start), "ETag": tag, "Accept-Ranges": "bytes",
    }  # fmt: skip
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    content = iter(()) if environ["REQUEST_METHOD"] == "HEAD" else _octets(facts, start, end)
    return HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK, headers, content


def _octets(facts: Facts, start: int, end: int) -> Iterator[bytes]:
    """Whoever came to the end has it, in one part or the last of several."""
    key, size, seal = str(facts["key"]), int(facts["size"]), bytes.fromhex(facts["seal"])
    try:
        yield from range_download.read_morsels(_data() / "handouts" / key, seal, size, (start, end))
    except (range_download.DamagedFileError, OSError) as error:
        logger.error("file by link %s: %s", key, error)
        raise
    if end == size:
        try:
            (_data() / "run" / "files" / "fetched" / f"{key}.{secrets.token_hex(8)}").touch(mode=0o640)
        except OSError as error:  # it was fetched all the same
            logger.error("file by link %s: fetched, and not counted: %s", key, error)


def _picture(facts: Facts, _environ: Facts) -> Answer:
    with fetch_share(facts["reader"]) as granted:
        if not granted:  # nginx lets it wait before it asks again
            return _nothing(HTTPStatus.FOUND, {"Location": facts["again"]})
        try:
            image = fetch_image(facts["url"], _guard())
        except FetchError as error:
            logger.info("remote image not fetched: %s", error.reason)
            return _nothing(HTTPStatus.NO_CONTENT)  # an empty frame: nothing of ours is missing
    headers = {"Content-Type": image.type, "Content-Length": str(len(image.content))}
    return HTTPStatus.OK, headers, iter((image.content,))


def _nothing(status: HTTPStatus, headers: dict[str, str] | None = None) -> Answer:
    length = {} if status == HTTPStatus.NO_CONTENT else {"Content-Length": "0"}
    return status, length | (headers or {}), iter(())


def _data() -> Path:
    return Path(os.environ[DATA])


@lru_cache(maxsize=1)
def _key() -> bytes:
    return (_data() / "secrets" / file_tickets.KEY).read_bytes().strip()


def _guard() -> Guard:
    refused = tuple(ip_network(word) for word in os.environ.get(REFUSED, "").split())
    return Guard(refused, os.environ.get(PERMITTED, ""))
