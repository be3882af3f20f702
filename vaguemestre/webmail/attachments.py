"""What may be opened in the browser, what is only saved, and under which name. The sender's word is never trusted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.quantities import size_in_words

# Never HTML, SVG or XML: they run scripts. What is not here is saved, not opened.
IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"}
TEXTS = {"text/plain", "text/csv", "text/markdown", "text/calendar", "text/x-log"}
PDF = "application/pdf"
BY_EXTENSION = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "pdf": PDF, "txt": "text/plain", "csv": "text/csv",
}  # fmt: skip
VAGUE = {"application/octet-stream", "application/force-download", "application/x-download", ""}

# A document of its own, without our origin, that can do nothing: even a browser that guesses wrong runs no script.
ALONE = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
# Browsers refuse to start their PDF reader in a sandboxed document; it runs no script of the file as this origin.
PDF_ALONE = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"

THUMBNAIL_LIMIT = 2 * 1024 * 1024
KINDS = (
    (re.compile(r"^image/"), "image"),
    (re.compile(r"^application/pdf$"), "pdf"),
    (re.compile(r"spreadsheet|excel|csv"), "table"),
    (re.compile(r"presentation|powerpoint"), "slides"),
    (re.compile(r"wordprocessing|msword|opendocument\.text|rtf"), "document"),
    (re.compile(r"zip|compressed|x-tar|x-7z|x-rar"), "archive"),
    (re.compile(r"^audio/"), "sound"),
    (re.compile(r"^video/"), "film"),
    (re.compile(r"^message/rfc822$"), "message"),
    (re.compile(r"^text/calendar$"), "calendar"),
    (re.compile(r"^text/"), "text"),
)
KIND_EXTENSIONS = {
    "xlsx": "table",
    "ods": "table",
    "docx": "document",
    "odt": "document",
    "pptx": "slides",
    "zip": "archive",
}


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    kind: str
    words: str
    open_url: str  # empty: it can only be saved
    save_url: str
    thumbnail: bool


def card(folder: MailboxId, uid: Uid, part: Part) -> Card:
    place = [folder, uid, part.path]
    opens, kind = openable_type(part), kind_of(part.type, part.download_name)
    return Card(
        name=part.download_name,
        kind=kind,
        words=f"{kind_words(kind)}, {size_in_words(part.decoded_size)}",
        open_url=reverse("webmail:attachment", args=place) if opens else "",
        save_url=reverse("webmail:download", args=place),
        thumbnail=opens in IMAGES and part.decoded_size <= THUMBNAIL_LIMIT,
    )


def openable_type(part: Part) -> str:
    """The type it is served under, or "" when it is only saved."""
    declared = part.type.lower()
    if declared in VAGUE:
        declared = BY_EXTENSION.get(_extension(part.download_name), "")
    return declared if declared in IMAGES or declared in TEXTS or declared == PDF else ""


def kind_of(declared: str, name: str) -> str:
    found = next((kind for pattern, kind in KINDS if pattern.search(declared.lower())), "")
    guessed = BY_EXTENSION.get(_extension(name), "")
    by_name = KIND_EXTENSIONS.get(_extension(name)) or next((k for p, k in KINDS if guessed and p.search(guessed)), "")
    return found or by_name or "other"


def kind_words(kind: str) -> str:
    return {
        "image": _("Image"), "pdf": _("PDF"), "table": _("Spreadsheet"), "slides": _("Slides"),
        "document": _("Document"), "archive": _("Archive file"), "sound": _("Sound"), "film": _("Video"),
        "message": _("Message"), "calendar": _("Calendar event"), "text": _("Text"), "other": _("File"),
    }[kind]  # fmt: skip


def opened(content: bytes, served_as: str, name: str) -> HttpResponse:
    """Inline, under a policy of its own that replaces the site's."""
    is_text = served_as in TEXTS
    response = HttpResponse(content, content_type="text/plain; charset=utf-8" if is_text else served_as)
    response["Content-Disposition"] = disposition("inline", name)
    response["Content-Security-Policy"] = PDF_ALONE if served_as == PDF else ALONE
    return _guarded(response)


def saved(pieces: Iterator[bytes], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response["Content-Disposition"] = disposition("attachment", name)
    response["Content-Security-Policy"] = ALONE
    return _guarded(response)


def disposition(kind: str, name: str) -> str:
    """RFC 6266: a plain name for old programs, the true one beside it. The name was made safe by the mailbox."""
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name).strip() or "fichier"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _guarded[R: (HttpResponse, StreamingHttpResponse)](response: R) -> R:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
