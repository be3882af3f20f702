"""What one sent and nobody has answered (`mailbox.awaiting` says which): what is noted of it when it leaves, and what
stands beside it."""

from dataclasses import dataclass

from django.urls import reverse

from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.turns import asks
from vaguemestre.mailbox.values import ASKS, SETTLED, Flag, MailboxId, Uid
from vaguemestre.webmail.guards import own_words
from vaguemestre.webmail.models import Outgoing


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Where it lies in Sent."""

    folder: MailboxId
    uid: Uid

    @property
    def remind_url(self) -> str:
        return reverse("webmail:reminder", args=[self.folder, self.uid])


def marks(outgoing: Outgoing) -> list[Flag]:
    """On its copy in Sent. The server shows of a text its beginning alone: here the whole is at hand."""
    if outgoing.reminds_after == 0:
        return [SETTLED]
    return [ASKS] if outgoing.reminds_after or asks(own_words(outgoing.text, "")) else []


def look(session: Session, folder: MailboxId, uid: Uid) -> Unanswered | None:
    """None once somebody has answered, or nobody is expected to: an address that was kept does not go on saying it."""
    return Unanswered(folder, uid) if uid in set(session.matching(folder, "awaiting")) else None
