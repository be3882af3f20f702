"""The HTML of a mail made harmless, by a process of its own that may be killed at any moment.

This file is the client; `python -m vaguemestre.mailbox.cleaner SOCKET` is the process. What a mail can do at worst is
to be shown as text.
"""

import json
import re
import secrets
import socket as sockets
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from vaguemestre.mailbox.cleaner.frames import FrameBroken, read_frame, write_frame
from vaguemestre.mailbox.errors import CannotClean

INPUT_LIMIT = 1024 * 1024  # octets
OUTPUT_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`remote_images`: how many were taken out. `used_cids`: the inline images that the text really shows."""

    html: str
    remote_images: int
    used_cids: frozenset[str]


def clean(html: str | bytes, *, socket: Path, cid_url: Callable[[str], str], timeout: float = 5.0) -> Cleaned:
    """`cid_url` gives the address of an inline image, "" to leave it out. Raises `CannotClean`: show the text part."""
    mark = secrets.token_hex(16)  # unknown to the mail, so that nothing in it can be taken for our own address
    answer, body = _ask({"act": "clean", "mark": mark}, html, socket, timeout)
    used: set[str] = set()

    def address(match: re.Match[str]) -> str:
        content_id = bytes.fromhex(match[1]).decode("utf-8", "replace")
        used.add(content_id)
        url = cid_url(content_id)
        return f' src="{escape(url)}"' if url else ""

    cleaned = re.sub(rf' src="https://{mark}\.invalid/((?:[0-9a-f]{{2}})*)"', address, body)
    remote = answer.get("remote")
    return Cleaned(cleaned, remote if isinstance(remote, int) else 0, frozenset(used))


def text_of(html: str | bytes, *, socket: Path, timeout: float = 5.0) -> str:
    """HTML as readable text. Never fails: without the cleaner, the words without their layout."""
    try:
        return _ask({"act": "text"}, html, socket, timeout)[1]
    except CannotClean:
        return _words(html if isinstance(html, str) else html.decode("utf-8", "replace"))


def _ask(request: dict[str, str], html: str | bytes, socket: Path, timeout: float) -> tuple[dict[str, object], str]:
    content = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
    if len(content) > INPUT_LIMIT:
        raise CannotClean("size")
    try:
        with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(str(socket))
            with connection.makefile("rwb") as stream:
                write_frame(stream, json.dumps(request).encode(), content)
                head, body = read_frame(stream, OUTPUT_LIMIT)
        answer: dict[str, object] = json.loads(head)
    except (OSError, FrameBroken, ValueError) as error:
        raise CannotClean("away") from error
    if error_word := answer.get("error"):
        raise CannotClean(str(error_word))
    return answer, body.decode("utf-8", "replace")


def _words(html: str) -> str:
    """Linear in the size of anything."""
    text = re.sub(r"(?is)<(script|style|head|title)\b[^>]*>.*?(</\1\s*>|\Z)", " ", html[: 256 * 1024])
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>", "\n", text)
    text = unescape(re.sub(r"(?s)<!--.*?(?:-->|\Z)|<[^<>]*>?", " ", text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
