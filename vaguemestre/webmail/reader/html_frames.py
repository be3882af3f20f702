"""The formatted text of a message on the way to its frame: whose pictures it shows, and its cleaning, which begins
while the page around the frame is drawn."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.conf import settings

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.sandbox.cleaner import INPUT_LIMIT, begin
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.trust import authentication_results, junk_attachments, remote_images
from vaguemestre.webmail.trust.authentication_results import AuthenticationVerdict

HTML_LIMIT = INPUT_LIMIT  # bytes: far more than a letter, far less than a trap; the whole is in the source
AT_ONCE = 3
_KEPT = 500  # seconds: a little less than the cleaner keeps what it has made
_MOST = 5000


@dataclass(slots=True)
class Frames:
    """Of one page: whose it is, and whether pictures of people in the contacts are shown. Of a long conversation the
    first texts are begun; the others are asked for by their frames, as they come in sight."""

    access: MailboxAccess
    contact_images: bool
    begun: int = 0

    def shows_images(self, session: Session, folder: MailboxId, message: Message) -> bool:
        """Without being asked: of whom the person trusts, unless somebody else writes in their name, or it is junk."""
        sender = message.row.sender.address if message.row.sender else ""
        fake = authentication_results.judge_origin(message.headers, sender).verdict is AuthenticationVerdict.FAKE
        if fake or junk_attachments.is_junk(session, folder, message.row):
            return False
        return remote_images.are_trusted(self.access.reader, sender, contacts=self.contact_images)

    def begin(self, session: Session, folder: MailboxId, message: Message) -> None:
        """The cleaner works at it while the page is drawn: one trip, and one query, at the first opening only."""
        part, key = message.html, self.access.key
        if part is None or part.path is None or self.begun >= AT_ONCE:
            return
        if not _first.begun(key, (folder, message.row.uid)):
            return
        self.begun += 1
        raw = session.body(folder, message.row.uid, part.path, limit=HTML_LIMIT)
        images = self.shows_images(session, folder, message)
        name = text_name(folder, message, part)
        begin(html_octets(raw, part), socket=settings.MAIL["cleaner"], images=images, whose=key, name=name)


def html_octets(raw: bytes, part: Part) -> bytes:
    """As the cleaner takes it: it may be longer than it came."""
    return decode_text(raw, part, limit=HTML_LIMIT).encode("utf-8", "replace")[:INPUT_LIMIT]


def text_name(folder: MailboxId, message: Message, part: Part) -> str:
    """Which text it is, to the cleaner: what a folder's number stands for never changes, and nor does its size."""
    row = message.row
    return f"{folder} {row.uid} {part.path} {row.size} {row.received.timestamp()}"


class _First:
    """What this process has begun and the cleaner still has: it is not fetched for that once more."""

    def __init__(self) -> None:
        self._at: OrderedDict[tuple[str, Spot], float] = OrderedDict()
        self._lock = Lock()

    def begun(self, whose: str, spot: Spot) -> bool:
        """Whether it begins now."""
        now = time.monotonic()
        with self._lock:
            while self._at and (len(self._at) > _MOST or next(iter(self._at.values())) < now - _KEPT):
                self._at.popitem(last=False)
            if (whose, spot) in self._at:
                return False
            self._at[whose, spot] = now
            return True


_first = _First()
