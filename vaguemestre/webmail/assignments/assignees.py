"""To whom the conversations of a shared mailbox may be given."""

from dataclasses import dataclass

from django.utils import timezone

from vaguemestre.shared_mailboxes.access import members_who_write
from vaguemestre.webmail.mailbox_access import MailboxAccess


@dataclass(frozen=True, slots=True)
class Assignee:
    key: str
    name: str
    address: str  # tells homonyms apart


def assignees(access: MailboxAccess) -> tuple[Assignee, ...]:
    """The others who may write there today, by name. One query; none in one's own mailbox, or for who only reads."""
    if access.is_own or not access.may_write:
        return ()
    there = members_who_write(access.mailbox.key, timezone.localdate())
    return tuple(Assignee(one.key, one.display_name, one.address) for one in there if one.key != access.reader.key)
