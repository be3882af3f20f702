"""The files of a message being written: received once, kept beside its row, counted against the academy's limit."""

import contextlib
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.values import PartPath
from vaguemestre.webmail.compose import empty_drafts, link_attachments, signature_images
from vaguemestre.webmail.compose.draft_content import DraftOrigin
from vaguemestre.webmail.compose.rich_text import content_id_of, shown_pictures
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.content.attachments import file_stem
from vaguemestre.webmail.models import Outgoing, OutgoingFile
from vaguemestre.webmail.people import bcc_record

NAME_LIMIT = 120
MESSAGE = "message/rfc822"
HEADERS = 8 * 1024
ENCODED = 1.37  # base64 with its line ends


PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # what every mail program draws


class NotAPictureError(Exception):
    """Its first bytes are not those of one."""


class NotAttachedError(Exception):
    """The words are kept, a file is not."""


class SourceGoneError(NotAttachedError):
    """The message whose files were to come along was moved or deleted before anything was kept."""


class LeftInJunkError(NotAttachedError):
    """The message whose files were to come along lies in the junk, and nobody has asked to see them."""


class FileTooLargeError(NotAttachedError):
    """The message would pass the limit; `name` is the file that was one too many."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def size_limit() -> int:
    return academy().mail.message_limit_mb * 1024 * 1024


def encoded_size(outgoing: Outgoing) -> int:
    """What the message will weigh once encoded, as Postfix measures it."""
    words = len(outgoing.text.encode()) + len(outgoing.html.encode())
    return HEADERS + words * 2 + base64_size(file.size for file in sent_files(outgoing))


def sent_files(outgoing: Outgoing) -> list[OutgoingFile]:
    """Attachments, and the pictures that the text still shows: one taken out may come back while it is written."""
    files = list(outgoing.files.all())
    shown = {file.pk for file in shown_pictures(outgoing.html, files)}
    return [file for file in files if not file.content_id or file.pk in shown]


def base64_size(sizes: Iterable[int]) -> int:
    return int(sum(sizes) * ENCODED)


def room_left(sizes: Iterable[int]) -> int:
    """Bytes of files that may still be attached."""
    left = max(0, int((size_limit() - HEADERS) / ENCODED) - sum(sizes))
    return min(left, link_attachments.largest_attached() or left)


def add(outgoing: Outgoing, upload: UploadedFile[Any]) -> OutgoingFile:
    """Raises FileTooLargeError before a byte is kept."""
    name, size = safe_name(upload.name or ""), upload.size or 0
    if encoded_size(outgoing) + base64_size([size]) > size_limit() or size > (
        link_attachments.largest_attached() or size
    ):
        raise FileTooLargeError(name)
    declared = upload.content_type or "application/octet-stream"
    # What somebody calls a message need not be one: only what comes from the mailbox travels as such.
    kind = "application/octet-stream" if declared.lower() == MESSAGE else declared
    empty_drafts.note_choice_of_files(outgoing)
    return _keep(outgoing, name, kind, upload.chunks())


def add_picture(outgoing: Outgoing, upload: UploadedFile[Any]) -> OutgoingFile:
    """One that stands in the text. Raises FileTooLargeError, and NotAPictureError for what no mail program would
    draw."""
    true = file_signatures.true_type(upload.read(file_signatures.HEAD))
    upload.seek(0)
    if true not in PICTURES:
        raise NotAPictureError
    file = add(outgoing, upload)
    file.type, file.content_id = true, f"{file.stored_as}@{academy().domain}"
    file.save(update_fields=["type", "content_id"])
    return file


def copy_quoted_pictures(
    outgoing: Outgoing, message: Message, source: DraftOrigin, pictures: Sequence[PartPath]
) -> None:
    wanted = [part for path in pictures if (part := message.part(path)) and part.type in PICTURES and part.path]
    if wanted:
        with open_mailbox_of(outgoing.account_id) as session:
            for part in wanted:
                if part.path:
                    pieces = session.stream(source.folder, source.uid, part.path)
                    file = _keep(outgoing, part.download_name, part.type, pieces)
                    file.content_id = content_id_of(part.path, outgoing.key)
                    file.save(update_fields=["content_id"])


def copy_signature_pictures(outgoing: Outgoing) -> None:
    """The pictures of the signature, or of a template, that the text shows: once for each letter, then they are its
    own."""
    if not signature_images.shows_image(outgoing.html):
        return
    here = [file.content_id for file in outgoing.files.all()]
    for picture in signature_images.shown_images(outgoing.account, outgoing.html, beside=here):
        word = "signature" if picture.content_id.startswith(signature_images.SIGNATURE.word) else "image"
        name = f"{word}.{'jpg' if picture.type == 'image/jpeg' else 'png'}"
        file = _keep(outgoing, name, picture.type, [bytes(picture.content)])
        file.content_id = picture.content_id
        file.save(update_fields=["content_id"])


def copy_parts(outgoing: Outgoing, message: Message, source: DraftOrigin, parts: Sequence[PartPath]) -> None:
    """Attachments of the message forwarded, fetched from Dovecot one after the other."""
    with open_mailbox_of(outgoing.account_id) as session:
        for path in parts:
            part = message.part(path)
            if part is not None and not part.is_multipart:
                pieces = session.stream(source.folder, source.uid, path)
                _keep(outgoing, part.download_name, part.type, pieces)


def attach_messages(outgoing: Outgoing, messages: Sequence[DraftOrigin]) -> None:
    """Whole messages, as they came, but for who was in hidden copy; what is gone meanwhile is left out."""
    with open_mailbox_of(outgoing.account_id) as session:
        rows = session.rows([(source.folder, source.uid) for source in messages])
        for (folder, uid), row in rows.items():
            name = f"{file_stem(row.subject, 'message')}.eml"
            file = _keep(outgoing, name, MESSAGE, bcc_record.without_seals(session.source(folder, uid)))
            file.origin = f"{folder}-{uid}"
            file.save(update_fields=["origin"])


def remove(file: OutgoingFile) -> None:
    empty_drafts.note_choice_of_files(file.outgoing)
    file.delete()
    file.path.unlink(missing_ok=True)


def safe_name(raw: str) -> str:
    """The last part of a path, without what moves a cursor or turns text round; its extension is kept."""
    tail = raw.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in unicodedata.normalize("NFC", tail) if unicodedata.category(c)[0] != "C").strip(". ")
    if len(name) <= NAME_LIMIT:
        return name or "fichier"
    suffix = PurePosixPath(name).suffix[:12]
    return name[: NAME_LIMIT - len(suffix)] + suffix


def _keep(outgoing: Outgoing, name: str, declared: str, pieces: Iterable[bytes]) -> OutgoingFile:
    """The file first, its row after: a row never names a file that is not there."""
    stored_as = secrets.token_hex(8)
    outgoing.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, size = outgoing.folder / stored_as, 0
    try:
        with path.open("xb") as file:
            for piece in pieces:
                size += file.write(piece)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    kind = declared if declared.isascii() and 3 <= len(declared) <= 127 else "application/octet-stream"
    return OutgoingFile.objects.create(outgoing=outgoing, name=name, type=kind, size=size, stored_as=stored_as)
