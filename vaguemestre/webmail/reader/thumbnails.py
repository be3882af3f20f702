"""Pictures among the attachments, made small for their cards by the converter's process, and kept there for a while.

What cannot be made is a picture in which nothing is seen: the card's icon, which lies behind it, stays in sight, also
without a script.
"""

from base64 import b64decode
from dataclasses import dataclass

from django.conf import settings

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import lookup
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import thumbnail_client
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import ROWS, ThumbnailCache
from vaguemestre.webmail.content import file_types
from vaguemestre.webmail.content.attachments import AttachmentAddress
from vaguemestre.webmail.people.correspondents import is_outside
from vaguemestre.webmail.reader import converted_images, viewer
from vaguemestre.webmail.trust import junk_attachments
from vaguemestre.webmail.trust.authentication_results import AuthenticationVerdict, judge_origin

AT_ONCE = 2  # of one person, as the converter draws them
TRIES, SECONDS_A_TRY = 15, 0.25  # for a turn, or for what is being drawn; browsers follow no more than twenty redirects
PATIENCE = 2.0  # seconds of one try
NOTHING = b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")  # a GIF of one clear point
LATER = b64decode("R0lGODlhAgABAIAAAAAAAAAAACH5BAEAAAAALAAAAAACAAEAAAICBAoAOw==")  # of two: to be asked for again


@dataclass(frozen=True, slots=True)
class ThumbnailRequest:
    """`made`: None when it has to be drawn, from `content`; without that, it was asked for before."""

    owner: str
    name: str
    made: bytes | None
    content: bytes = b""
    shelf: ThumbnailCache = thumbnail_client.THUMBNAILS


def count_tries(said: str) -> int:
    """How often this picture has been sent back to wait its turn."""
    return min(int(said), TRIES) if said.isascii() and said.isdigit() and len(said) < 4 else 0


def find_thumbnail(
    session: Session,
    spot: AttachmentAddress,
    asked: junk_attachments.JunkFileConsent,
    owner: str,
    shelf: ThumbnailCache = thumbnail_client.THUMBNAILS,
    *,
    account: Account,
) -> ThumbnailRequest:
    """Only what was not made yet is fetched. `account`: whose contacts are known. Raises `JunkFilesWithheldError`; what
    is not there is a 404."""
    message, part = viewer.find_part(session, spot, asked)
    if shelf == ROWS and not _is_shown_unasked(account, message, part):
        return ThumbnailRequest(owner, "", b"", shelf=shelf)
    name = converted_images.ConversionRequest(owner, spot, message.row).name
    folder = settings.MAIL["conversions"]
    made = thumbnail_client.cached_thumbnail(folder, name, shelf)
    if made is None and converter.is_awaited(folder, owner, name, shelf.name):
        return ThumbnailRequest(owner, name, None, shelf=shelf)
    if made is None:  # it may have been under way until this moment
        made = thumbnail_client.cached_thumbnail(folder, name, shelf)
    if made is None and not spot.path.places and not file_types.may_have_thumbnail(part):
        made = b""
    if made is not None:
        return ThumbnailRequest(owner, name, made)
    piece = viewer.fetch_file(session, spot, message, part).piece
    drawable = file_types.may_have_thumbnail(piece.part)
    return ThumbnailRequest(owner, name, None if drawable else b"", piece.content, shelf)


def _is_shown_unasked(account: Account, message: Message, part: Part) -> bool:
    """In a row, before anybody opened the message: a photograph, of a colleague who is one, or of somebody known."""
    sender = message.row.sender
    if sender is None or not file_types.is_photograph(part):
        return False
    origin = judge_origin(message.headers, sender.address)
    if not is_outside(sender.address):
        return origin.verdict in {AuthenticationVerdict.INTERNAL, AuthenticationVerdict.VERIFIED}
    return origin.verdict != AuthenticationVerdict.FAKE and lookup.has_address(account, sender.address)


def render_thumbnail(wanted: ThumbnailRequest) -> bytes:
    """Empty when it cannot be made. Ask once the mailbox is let go: this waits."""
    if wanted.made is not None:
        return wanted.made
    folder = settings.MAIL["conversions"]
    return thumbnail_client.make_thumbnail(
        folder, wanted.owner, wanted.name, wanted.content, wanted.shelf, seconds=PATIENCE
    )


def is_refused(wanted: ThumbnailRequest) -> bool:
    """It is known that it cannot be made, which is more than that nobody was there to make it."""
    return (
        wanted.made is not None
        or thumbnail_client.cached_thumbnail(settings.MAIL["conversions"], wanted.name, wanted.shelf) == b""
    )


def is_awaited(wanted: ThumbnailRequest) -> bool:
    folder = settings.MAIL["conversions"]
    return converter.is_awaited(folder, wanted.owner, wanted.name, wanted.shelf.name)
