"""The HTML of a mail made harmless, by a process of its own that may be killed at any moment.

This file is the client; `python -m vaguemestre.mailbox.sandbox.cleaner SOCKET` is the process. What a mail can do at
worst is to be shown as text.
"""

import json
import re
import secrets
import socket as sockets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.sandbox.cleaner.fold_marks import with_folds
from vaguemestre.mailbox.sandbox.cleaner.framing import FrameError, read_frame, write_frame
from vaguemestre.mailbox.sandbox.cleaner.link_checks import browser_address

INPUT_LIMIT = 1024 * 1024  # bytes
OUTPUT_LIMIT = 4 * 1024 * 1024
SECONDS_TO_BEGIN = 0.05  # to hand something over for later
LISTED = ' class="listed"'  # no class of the mail itself comes through


type Rewrite = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link leads once it is shown. `listed`: it is known for a trap, and marked so in the text. `to`: where it
    ends, behind pages that only send on; empty where that was written."""

    url: str
    listed: bool = False
    to: str = ""


type Lead = Callable[[str, bool], Way]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`remote_images`: how many there are, shown or taken out; `spies`: those of them that only report, always taken
    out. `used_cids`: the inline images that the text really shows. `look`: "plain" without colours of its own, "inked"
    with inks that have a value for a dark sheet too, "own"."""

    html: str
    remote_images: int
    spies: int
    used_cids: frozenset[str]
    look: str = "own"


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it is kept: `html`, and `text`, the same in plain words."""

    html: str
    text: str


def clean(
    html: str | bytes | Callable[[], bytes], *, socket: Path, cid_url: Rewrite, image_url: Rewrite | None = None,
    link_url: Lead | None = None, mail_url: Rewrite | None = None, folds: Mapping[str, str] | None = None,
    whose: str = "", name: str = "", timeout: float = 5.0,
) -> Cleaned:  # fmt: skip
    """`cid_url` gives the address of an inline image, "" to leave it out. `image_url`: that of a remote one; without
    it they are taken out. `link_url`: where each link leads, its address or a page that asks first, told whether its
    text names another site; together with `mail_url`, for addresses to write to. `folds`: for a reader, with the words
    on what is folded (`folds.QUOTE`, `folds.SIGNATURE`), a kind without words stays open. `whose`: with the key of an
    account, what was made is kept a while for that account alone. `name`: which text of that account it is, for always
    the same; `html` may then be what fetches it, for when nothing was made of it. Raises `CleanerError`: show the text
    part."""
    wishes = _wishes(
        images=image_url is not None, links=link_url is not None, reading=folds is not None, whose=whose, name=name
    )
    known = _ask_by_name(wishes, socket, timeout) if name else None
    answer, body = known or _ask(wishes, html() if callable(html) else html, socket, timeout)
    mark = str(answer.get("mark", wishes["mark"]))  # of whoever had the same mail cleaned before
    if folds is not None:
        body = with_folds(body, mark, folds)
    ours = rf"https://{re.escape(mark)}\.invalid"
    used: set[str] = set()

    def inline(match: re.Match[str]) -> str:
        content_id = _text(match[1])
        used.add(content_id)
        url = cid_url(content_id)
        return f' src="{escape(url)}"' if url else ""

    def other(match: re.Match[str]) -> str:
        rewrite = {"i": image_url, "m": mail_url}[match[1]]
        return escape(rewrite(_text(match[2]))) if rewrite else ""

    cleaned = re.sub(rf' src="{ours}/c/([0-9a-f]*)"', inline, body)
    cleaned = _with_links(cleaned, ours, link_url)
    cleaned = re.sub(rf"{ours}/([im])/([0-9a-f]*)", other, cleaned)
    look = str(answer.get("look", "own"))
    return Cleaned(cleaned, _count(answer, "remote"), _count(answer, "spies"), frozenset(used), look)


def _with_links(body: str, ours: str, link_url: Lead | None) -> str:
    """Each leads where `link_url` says, and tells where that ends when its address does not."""

    def led(match: re.Match[str]) -> str:
        address = _text(match[2])
        way = link_url(address, match[1] == "l") if link_url else Way("")
        there = way.to or address
        said = f' title="{escape(browser_address(there))}"' if way.url != there else ""
        return f' href="{escape(way.url)}"{said}{LISTED if way.listed else ""}'

    return re.sub(rf' href="{ours}/([lh])/([0-9a-f]*)"', led, body)


def begin(html: bytes, *, socket: Path, images: bool, whose: str, name: str = "") -> None:
    """Hands over what a reader will ask for in a moment, with `clean`, folds and links, and waits for nothing: it is
    made meanwhile. Never fails; a cleaner that has no time for it now has it then."""
    request = _wishes(images=images, links=True, reading=True, whose=whose, name=name)
    with suppress(OSError), sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as connection:
        _connect(connection, socket, SECONDS_TO_BEGIN)
        with connection.makefile("wb") as stream:
            write_frame(stream, json.dumps(request).encode(), html)


def html_text(html: str | bytes, *, socket: Path, timeout: float = 5.0) -> str:
    """HTML as readable text. Never fails: without the cleaner, the words without their layout."""
    try:
        return _ask({"act": "text"}, html, socket, timeout)[1]
    except CleanerError:
        return _words(html if isinstance(html, str) else html.decode("utf-8", "replace"))


def reading_text(html: str | bytes, *, socket: Path, timeout: float = 5.0) -> str:
    """A mail's HTML as somebody reads it who wants its words alone: lists, quotations and addresses of links as people
    type them, nothing that was hidden. Never fails: `html_text`."""
    try:
        return _ask({"act": "read", "mark": secrets.token_hex(16)}, html, socket, timeout)[1]
    except CleanerError:
        return html_text(html, socket=socket, timeout=timeout)


def write(html: str, *, socket: Path, image: Rewrite, timeout: float = 5.0) -> Written:
    """The HTML of a letter being written, from a form or quoted. `image` judges the address of each picture: what it
    becomes, "" to leave it out. Raises `CleanerError`: keep the words alone (`html_text`)."""
    mark = secrets.token_hex(16)
    _answer, body = _ask({"act": "write", "mark": mark}, html, socket, timeout)
    body, _nul, text = body.partition("\0")

    def judged(match: re.Match[str]) -> str:
        address = image(_text(match[2]))
        return f'<img{match[1]} src="{escape(address)}"{match[3]}>' if address else ""

    ours = rf"https://{re.escape(mark)}\.invalid/s/([0-9a-f]*)"
    others = r'((?: [a-z]+="[^"]*")*?)'
    return Written(re.sub(rf'<img{others} src="{ours}"{others}>', judged, body), text)


def find_trouble(socket: Path | None) -> str:
    """What keeps it from making one paragraph harmless; empty when all is well. One that hands everything on as it came
    answers too."""
    if socket is None:
        return "no data folder"
    try:
        made = clean('<p onclick="b()">a</p><script>b()</script>', socket=socket, cid_url=lambda _id: "")
    except CleanerError as error:
        return error.reason
    harmless = "<p>a</p>" in made.html and "b()" not in made.html
    return "" if harmless else "unexpected answer"


def _wishes(*, images: bool, links: bool, reading: bool, whose: str, name: str) -> dict[str, object]:
    mark = secrets.token_hex(16)  # unknown to the mail, so that nothing in it can be taken for our own address
    return {
        "act": "clean", "mark": mark, "images": images, "links": links, "reading": reading, "whose": whose,
        "name": name,
    }  # fmt: skip


def _text(digits: str) -> str:
    """As our own cleaner writes it; of a broken one, what can be read."""
    return bytes.fromhex(digits[: len(digits) & ~1]).decode("utf-8", "replace")


def _count(answer: Mapping[str, object], name: str) -> int:
    found = answer.get(name)
    return found if isinstance(found, int) else 0


def _ask_by_name(wishes: Mapping[str, object], socket: Path, timeout: float) -> tuple[dict[str, object], str] | None:
    """What was made of it, or is being made; None when that is nothing."""
    try:
        return _ask({**wishes, "by_name": True}, b"", socket, timeout)
    except CleanerError as error:
        if error.reason == "unknown":
            return None
        raise


def _ask(
    request: Mapping[str, object], html: str | bytes, socket: Path, timeout: float
) -> tuple[dict[str, object], str]:
    content = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
    if len(content) > INPUT_LIMIT:
        raise CleanerError("size")
    try:
        with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as connection:
            _connect(connection, socket, timeout)
            with connection.makefile("rwb") as stream:
                write_frame(stream, json.dumps(request).encode(), content)
                head, body = read_frame(stream, OUTPUT_LIMIT)
        answer: dict[str, object] = json.loads(head)
    except (OSError, FrameError, ValueError) as error:
        raise CleanerError("away") from error
    if error_word := answer.get("error"):
        raise CleanerError(str(error_word))
    return answer, body.decode("utf-8", "replace")


def _connect(connection: sockets.socket, socket: Path, timeout: float) -> None:
    """Where too many stand in line, the system refuses at once instead of waiting: one comes again."""
    connection.settimeout(timeout)
    end = time.monotonic() + timeout
    while True:
        try:
            connection.connect(str(socket))
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(0.005)
        else:
            return


def _words(html: str) -> str:
    """Linear in the size of anything: a start tag that never ends is the end of the text, as browsers have it."""
    text = re.sub(r"(?is)<(script|style|head|title)\b[^>]*+(?:\Z|>.*?(?:</\1\s*>|\Z))", " ", html[: 256 * 1024])
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]*+(?:>|\Z)", "\n", text)
    text = unescape(re.sub(r"(?s)<!--.*?(?:-->|\Z)|<[^<>]*>?", " ", text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
