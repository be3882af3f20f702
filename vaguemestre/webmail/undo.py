"""What was moved, and how it is taken back. The sentence with its button is a toast (`web.toasts`)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core import signing
from django.utils.translation import ngettext

from vaguemestre.web.number_text import number_text
from vaguemestre.webmail.mailbox_access import MailboxRequest

UNDO_SALT = "vaguemestre.webmail.undo"
UNDO_LIFE = 3600
LONGEST_UNDO = 3000  # characters; what stands round it in the cookie takes some more


@dataclass(frozen=True, slots=True)
class Undo:
    """Where the messages are now, and where they were."""

    account: str
    source: str  # the folder they were in
    target: str
    uids: list[int] = field(default_factory=list)

    def signed(self) -> str:
        return sign_undo([self])


def undo_token(account: str, *what: object, salt: str) -> str:
    """What takes an act back, for its own account. Empty when it would be more than a cookie holds."""
    word = signing.dumps([account, *what], salt=salt, compress=True)
    return word if len(word) <= LONGEST_UNDO else ""


def read_token(request: MailboxRequest, *, salt: str) -> list[Any]:
    """What the word that was pressed says. Nothing where it is forged, too old, or somebody else's."""
    try:
        account, *what = signing.loads(request.POST.get("fait", ""), salt=salt, max_age=UNDO_LIFE)
    except (signing.BadSignature, ValueError):
        return []
    return what if account == request.mailbox.key else []


def sign_undo(undoing: Sequence[Undo]) -> str:
    """One word for what was moved out of several folders at once. Empty when it would be more than a cookie holds: the
    browser would drop it, and the sentence with it."""
    word = signing.dumps([asdict(one) for one in undoing], salt=UNDO_SALT, compress=True)
    return word if len(word) <= LONGEST_UNDO else ""


def read_undo(word: str, access_key: str) -> list[Undo]:
    """Empty for a word that is forged, too old, or somebody else's."""
    try:
        found = [Undo(**one) for one in signing.loads(word, salt=UNDO_SALT, max_age=UNDO_LIFE)]
    except signing.BadSignature:
        return []
    return found if all(one.account == access_key for one in found) else []


def with_gone_text(said: str, done: int, gone: int) -> str:
    """What was done to `done` messages, and that others that were meant are no longer there. Empty when neither."""
    if not gone:
        return said if done else ""
    if not done:
        return ngettext(
            "This message is no longer here: it was moved or deleted elsewhere.",
            "These messages are no longer here: they were moved or deleted elsewhere.",
            gone,
        )
    words = {"said": said, "count": number_text(gone)}
    return ngettext("%(said)s. %(count)s was no longer here.", "%(said)s. %(count)s were no longer here.", gone) % words
