"""Older mail, of which the server has not said yet whether it has a file: it is asked, and the list says so meanwhile.

The newest of the folder at once, the rest of the mailbox by the clock, in slices; open lists hear of it as of any mark.
"""

import logging
import time
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.search.results import Results

logger = logging.getLogger(__name__)
LOOK_ON = due.Job("webmail.attachment_index.go_on")
SLICE = 2.0  # seconds of the clock, then the turn of other acts


def folder_index_text(account: Account, session: Session, folder: MailboxId, now: datetime) -> str:
    """Before a list of what has attachments. What the list says of itself; "" when it is whole."""
    if not session.judge_attachments(folder):
        return ""
    due.at(now, LOOK_ON, account.key)
    return _said()


def with_index_text(account: Account, session: Session, found: Results, now: datetime) -> Results:
    """After a search that asks for files, by which the older ones may be passed over."""
    if not found.of_files or not session.has_unjudged():
        return found
    due.at(now, LOOK_ON, account.key)
    return replace(found, said=(*found.said, _said()))


@LOOK_ON.register
def index_further(key: str, now: datetime) -> None:
    """The clock. Raises MailboxUnavailableError while Dovecot is away."""
    until = time.monotonic() + SLICE
    try:
        with open_mailbox_of(key) as session:
            for folder in session.folders():
                while folder.id and session.judge_attachments(folder.id):
                    if time.monotonic() >= until:
                        due.at(now, LOOK_ON, key)
                        return
    except MailboxRefusedError as refusal:
        logger.warning("older mail of %s: %s", key, refusal.code)


def _said() -> str:
    return _("Older messages are still being looked at for attachments: this list will grow by itself.")
