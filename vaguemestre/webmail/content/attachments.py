"""A file of a message: its card under the text, and how it leaves, opened or saved. Each answer has its own policy."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from vaguemestre.mailbox.messages import Part, Row
from vaguemestre.mailbox.sandbox.converter import thumbnail_client
from vaguemestre.mailbox.values import MailboxId, PartPath, PiecePath, Uid
from vaguemestre.web.url_cache import own_url, reverse
from vaguemestre.webmail.content.file_types import PDF, display_way, file_kind, kind_text, may_have_thumbnail

# A document of its own, without our origin, that can do nothing: even a browser that guesses wrong runs no script.
ALONE = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; "
    "frame-ancestors 'none'"
)
# Browsers refuse to start their PDF reader in a sandboxed document; it runs no script of the file as this origin. Our
# own page frames it where no script runs.
PDF_ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'; "
    "form-action 'none'; base-uri 'none'"
)

LONG_NAME, ENDING = 20, 12  # signs

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class AttachmentAddress:
    folder: MailboxId
    uid: Uid
    path: PiecePath

    def at(self, path: PiecePath | PartPath) -> "AttachmentAddress":
        return AttachmentAddress(self.folder, self.uid, PiecePath(path))

    def url(self, name: str) -> str:
        return reverse(f"webmail:{name}", args=[self.folder, self.uid, self.path])

    @property
    def thumbnail(self) -> str:
        """One address a message, as those of remote pictures: so nginx has each person's wait their turn."""
        return f"{own_url('webmail:thumbnail', self.folder, self.uid)}?piece={self.path}"

    @property
    def in_row(self) -> str:
        """Smaller still, and only of whom one knows: what a row of a list asks for."""
        return f"{self.thumbnail}&ligne=oui"

    def image_name(self, owner: str, row: Row, page: int = 1) -> str:
        """Under which the converter keeps what it draws of this file; `row`: of its message. Neither number ever means
        another message, unless a folder is made again: hence the date and the size."""
        place = (self.folder, self.uid, self.path, row.received.isoformat(), row.size)
        return thumbnail_client.thumbnail_name(owner, *place, *([page] if page > 1 else []))

    @property
    def drawn_whole(self) -> str:
        """For a picture inside a text that no browser draws: where its page may wait for it, at the same address."""
        return f"{self.thumbnail}&entiere=oui"


@dataclass(frozen=True, slots=True)
class AttachmentCard:
    name: str
    kind: str
    words: str
    open_url: str  # the viewer; empty: it can only be saved
    save_url: str  # empty: not even that, it is held back
    thumb_url: str

    @property
    def stem(self) -> str:
        """The beginning of its name, that gives way where there is no room; `ending` stays."""
        return self.name[: len(self.name) - len(self.ending)]

    @property
    def ending(self) -> str:
        """What tells files of a series apart, and the extension."""
        if len(self.name) <= LONG_NAME:
            return ""
        start = len(self.name) - ENDING
        while unicodedata.combining(self.name[start]):
            start += 1
        return self.name[start:]


def attachment_card(folder: MailboxId, uid: Uid, part: Part, *, held: bool = False) -> AttachmentCard:
    """Of an attachment of the message itself. `held`: nothing but what it is called."""
    whole = card_at(AttachmentAddress(folder, uid, PiecePath(part.path or "1")), part)
    return replace(whole, open_url="", save_url="", thumb_url="") if held else whole


def card_at(spot: AttachmentAddress, part: Part) -> AttachmentCard:
    way, kind = display_way(part), file_kind(part)
    return AttachmentCard(
        name=part.download_name,
        kind=kind,
        words=kind_text(kind),
        open_url=spot.url("viewer") if way else "",
        save_url=spot.url("download"),
        thumb_url=spot.thumbnail if may_have_thumbnail(part) else "",
    )


def inline_response(request: HttpRequest, content: bytes, served_as: str, name: str) -> HttpResponse:
    """Inline, under a policy of its own that replaces the site's. Players ask for what they are about to play."""
    response = range_response(request, content)
    response["Content-Type"] = served_as
    response["Content-Disposition"] = disposition("inline", name)
    response["Content-Security-Policy"] = PDF_ALONE if served_as == PDF else ALONE
    return with_guards(response)


def own_page_response(content: bytes, served_as: str) -> HttpResponse:
    """Of our own making, for one of our own pages."""
    return with_guards(HttpResponse(content, content_type=served_as, headers={"Content-Security-Policy": ALONE}))


def range_response(request: HttpRequest, content: bytes) -> HttpResponse:
    """One range; several at once are answered by the whole, as RFC 9110 allows."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or not (match[1] or match[2]):
        return HttpResponse(content, headers={"Accept-Ranges": "bytes"})
    size = len(content)
    first = int(match[1]) if match[1] else max(0, size - int(match[2]))
    last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", "Accept-Ranges": "bytes"}
    return HttpResponse(content[first : last + 1], status=206, headers=headers)


def download_response(
    pieces: Iterable[bytes], name: str, served_as: str = "application/octet-stream"
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(iter(pieces), content_type=served_as)
    response["Content-Disposition"] = disposition("attachment", name)
    response["Content-Security-Policy"] = ALONE
    return with_guards(response)


def disposition(kind: str, name: str) -> str:
    """RFC 6266: a plain name for old programs, the true one beside it. The name was made safe by the mailbox."""
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name).strip() or "fichier"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def file_stem(subject: str, otherwise: str) -> str:
    """The stem of a file's name: letters, figures, and what joins them."""
    kept = "".join(c if c.isalnum() or c in " -_" else " " for c in subject)
    return " ".join(kept.split())[:80].rstrip() or otherwise


def with_guards[R: (HttpResponse, StreamingHttpResponse)](response: R) -> R:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def distinct_names(names: Iterable[str]) -> Iterator[str]:
    """No two alike, whatever the case: "a.pdf", "a (2).pdf"."""
    seen: set[str] = set()
    for name in names:
        stem, _dot, ending = name.rpartition(".")
        unique, count = name, 1
        while unique.lower() in seen:
            count += 1
            unique = f"{stem} ({count}).{ending}" if stem else f"{name} ({count})"
        seen.add(unique.lower())
        yield unique
