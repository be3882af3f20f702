"""An address of a message that survives a move: by its Message-ID, which it keeps wherever it is filed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from django.utils.http import urlencode

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Message
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.url_cache import reverse

LONGEST = 400
LAST = {"junk": 1, "trash": 2}  # a copy elsewhere is the one that is meant


def permalink(message: Message, folder: MailboxId) -> str:
    """Empty for a message without a name of its own. `dans` is only where to look first."""
    if not message.message_id or len(message.message_id) > LONGEST:
        return ""
    return f"{permalink_url(message.message_id)}?{urlencode({'dans': folder})}"


def permalink_url(message_id: str) -> str:
    word = urlsafe_b64encode(message_id.encode()).decode().rstrip("=")
    return reverse("webmail:found-message", args=[word])


def read_permalink(word: str) -> str | None:
    try:
        found = urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
    except (Base64Error, ValueError):
        return None
    plain = found.isprintable() and found.startswith("<") and found.endswith(">") and '"' not in found
    return found if plain and "\\" not in found and len(found) <= LONGEST else None


def find_message(session: Session, name: str, hint: str) -> tuple[MailboxId, Uid] | None:
    """Folder by folder: where it was, then the ordinary ones, junk and bin last. One or two round trips for each."""
    for folder in sorted(session.folders(), key=lambda folder: _turn(folder, hint)):
        if folder.id is not None and folder.total and (found := session.find(folder.id, name)):
            return folder.id, found[-1]
    return None


def _turn(folder: Folder, hint: str) -> int:
    return -2 if folder.id == hint else -1 if folder.role == "inbox" else LAST.get(folder.role or "", 0)
