"""A message sent that still waits in our server's queue: for whom, since when, why, and when it is tried again."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.engine import queue_holds
from vaguemestre.engine.queue_holds import QueuedRecipient, QueueUnavailableError
from vaguemestre.mailbox.messages import Message
from vaguemestre.web import date_text
from vaguemestre.webmail.people.correspondents import is_outside

LASTS = timedelta(days=4)  # longer than Postfix keeps trying
# What Postfix says when nobody was there to speak to; anything else was said by a server.
_NOBODY = re.compile(r"connect to|timed out|name service error|not found|lost connection|unreachable", re.IGNORECASE)
_SAID = re.compile(r"\bsaid: ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """`quoted`: Postfix's own words."""

    said: str
    quoted: str


def may_wait(message: Message, now: datetime) -> bool:
    """Older ones have arrived or were given up, which was told."""
    return bool(message.message_id) and now - message.row.received < LASTS


def queue_lines(account: Account, message: Message, now: datetime) -> list[QueueLine]:
    """Nothing when all of it has left. Raises `QueueUnavailableError`."""
    found = queue_holds.messages_underway(account, message.message_id, message.row.received)
    return [QueueLine(queue_text(one, now), one.reason) for one in found]


def queue_text(one: QueuedRecipient, now: datetime) -> str:
    words = {
        "address": one.address, "domain": one.address.rpartition("@")[2], "since": _moment(one.since, now),
        "again": _moment(one.again_at, now) if one.again_at else "",
    }  # fmt: skip
    if not one.reason:
        return _("%(address)s: it is leaving just now.") % words
    if one.again_at and one.again_at > now:
        return f"{_why(one) % words} {_('Next try: %(again)s.') % words}"
    return f"{_why(one) % words} {_('It is tried again within a few minutes.')}"


def _moment(when: datetime, now: datetime) -> str:
    """14 h 02; of another day, with that day."""
    same = timezone.localdate(when) == timezone.localdate(now)
    return date_text.clock_time(when) if same else date_text.full_date_text(when)


def _why(one: QueuedRecipient) -> str:
    if not is_outside(one.address):
        return _("%(address)s: waiting since %(since)s, the mailbox cannot be reached.")
    if _NOBODY.search(one.reason) and not _SAID.search(one.reason):
        return _("%(address)s: waiting since %(since)s, the server of %(domain)s does not answer.")
    return _("%(address)s: waiting since %(since)s, the server of %(domain)s does not take the message yet.")


__all__ = ["LASTS", "QueueLine", "QueueUnavailableError", "may_wait", "queue_lines", "queue_text"]
