"""A mailbox that nobody has shown yet, or into which years of mail were brought: its conversations are found by the
clock, in another process and in slices. Meanwhile its list shows each message by itself, and asks again."""

import logging
from datetime import datetime

from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.webmail.connection import open_mailbox_of

logger = logging.getLogger(__name__)
GO_ON = due.Job("webmail.background_indexing.go_on")
SLICE = 2.0  # seconds of the clock, then the turn of other acts


def is_ready(session: Session, access_key: str, now: datetime) -> bool:
    """Whether lists may show conversations; else that is seen to."""
    if session.is_indexed():
        return True
    due.at(now, GO_ON, access_key)
    return False


@GO_ON.register
def extend(access_key: str, now: datetime) -> None:
    """The clock. Raises MailboxUnavailableError while Dovecot is away."""
    try:
        with open_mailbox_of(access_key) as session:
            if not session.extend_index(SLICE):
                due.at(now, GO_ON, access_key)
    except MailboxRefusedError as refusal:
        logger.warning("conversations of %s: %s", access_key, refusal.code)
