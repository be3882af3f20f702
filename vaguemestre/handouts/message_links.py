"""The files of one letter, from the draft to their recipients. The webmail names a letter by its compose id,
which no secret guards (it is in the Message-ID): a letter is always an account's. Once its message was taken, its files
are nobody's draft any more, whoever writes under that name again.

A link is made when the message is written, works from the moment before it is handed over, and is never read again:
only its hash is kept. Written again, as a letter that was planned is, the message has a new one.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from vaguemestre.academy.facts import academy
from vaguemestre.audit import journal
from vaguemestre.handouts import chunked_upload
from vaguemestre.handouts.models import Handout
from vaguemestre.handouts.ports import living_letters

FIELD = "lien"


class StillUploadingError(Exception):
    """A file of the letter is not whole yet; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class MessageLink:
    name: str
    size: int
    url: str
    locked: bool = False  # by a password


def handouts_of_draft(account_key: str, letter: str) -> list[Handout]:
    return list(_open(account_key, letter).filter(sent_at=None))


def last_day(now: datetime) -> date:
    """The last one on which a link works that is sent now."""
    return timezone.localdate(now) + timedelta(days=academy().links.days)


def new_links(account_key: str, letter: str) -> list[MessageLink]:
    """New ones, for the message that is being written. Raises StillUploadingError."""
    made = []
    for handout in handouts_of_draft(account_key, letter):
        if not handout.complete:
            raise StillUploadingError(handout.name)
        if not chunked_upload.is_complete(handout):  # to be sent again, from its first byte on
            Handout.objects.filter(pk=handout.pk).update(received=0, touched_at=timezone.now())
            raise StillUploadingError(handout.name)
        token = secrets.token_urlsafe(32)
        Handout.objects.filter(pk=handout.pk).update(token_hash=hash_of(token))
        # In the query string, which no log keeps.
        url = f"{settings.ORIGIN}{reverse('handouts:handout')}?{urlencode({FIELD: token})}"
        made.append(MessageLink(handout.name, handout.size, url, bool(handout.password)))
    return made


def note_departure(account_key: str, letter: str, message_id: str, now: datetime) -> bool:
    """From here on its links work. Asked again, because the mail server was away, they count from then. False for a
    letter without any."""
    going = list(_open(account_key, letter).filter(token_hash__isnull=False))
    if not going:
        return False
    with transaction.atomic():
        Handout.objects.filter(pk__in=[handout.pk for handout in going]).update(
            sent_at=now, message_id=message_id, expires_at=end_of(last_day(now)), let_go_at=None
        )
        for handout in going:
            if handout.sent_at:
                continue
            journal.record(
                handout.account_id, "handout.sent", handout.account_id, file=handout.key[:8], octets=handout.size
            )
    return True


def note_delivery(account_key: str, letter: str, now: datetime) -> None:
    """The mail server has the message: nothing of the letter touches its files any more."""
    going = Handout.objects.filter(account=account_key, letter=letter, delivered_at=None, sent_at__isnull=False)
    going.update(delivered_at=now)


def note_refusal(account_key: str, letter: str) -> None:
    """The mail server refused the message, or its author took it back: a draft again, and nobody has its links."""
    _open(account_key, letter).update(sent_at=None, message_id="", expires_at=None, token_hash=None)


def release_draft(account_key: str, letter: str, now: datetime) -> None:
    """The draft is gone; its files wait for a change of mind. Those of a letter that left are none of its business."""
    _open(account_key, letter).filter(sent_at=None).update(let_go_at=now)


def adopt_handouts(account_key: str, former: str, letter: str) -> None:
    """A draft is gone on with under another name, from its copy in the mailbox."""
    mine = _open(account_key, former) | _open(account_key, letter)
    mine.filter(sent_at=None).update(letter=letter, let_go_at=None)


def letters_with_links(letters: Collection[str]) -> dict[tuple[str, str], bool]:
    """Which of these are letters of whose (account, letter), and whether they may still be changed."""
    return living_letters.one()(letters)


def _open(account_key: str, letter: str) -> QuerySet[Handout]:
    """Those that still go with the letter: not what its author withdrew while it waited for the mail server."""
    return Handout.objects.filter(account=account_key, letter=letter, delivered_at=None, withdrawn_at=None)


def may_be_deleted(handout: Handout) -> bool:
    """Not while its letter waits for its hour: it would leave with a dead link, or without a word of the file."""
    return letters_with_links({handout.letter}).get((handout.account_id, handout.letter), True)


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def day_of(expires_at: datetime) -> date:
    """The last on which the link works."""
    return timezone.localdate(expires_at - timedelta(seconds=1))
