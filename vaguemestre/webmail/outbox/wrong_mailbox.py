"""Whose correspondent somebody is: a parent who writes to the school is answered by the school."""

from collections.abc import Callable, Collection, Sequence

from vaguemestre.contacts.collected_addresses import known_addresses
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.webmail.compose import mime_builder
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxAccess, writable_elsewhere
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.people.correspondents import is_outside

MOST = 5  # mailboxes, and addresses, that are looked for in the mail itself
PATIENCE = 2.0  # seconds for the mail of one mailbox


def rightful_mailbox(
    shown: MailboxAccess, outgoing: Outgoing, circle: Callable[[], Collection[str] | None]
) -> tuple[MailboxAccess, str] | None:
    """The shared mailbox that a letter of one's own should rather leave from, and its correspondent among those that it
    goes to. `circle`: who the message that is answered was between. No query for whoever is in none."""
    boxes = writable_elsewhere(shown) if shown.is_own else []
    written = [one.address.lower() for one in mime_builder.envelope_recipients(outgoing) if one.valid]
    outside = [address for address in written if is_outside(address)]
    if not boxes or not outside:
        return None
    between = set(circle() or ())
    for box in boxes:
        if between.intersection(box.mailbox.addresses):
            return box, outside[0]
    for box in boxes:
        if known := known_addresses(box.mailbox, outside):
            return box, min(known, key=outside.index)
    return next((found for box in boxes[:MOST] if (found := _wrote_to(box, outside[:MOST]))), None)


def _wrote_to(box: MailboxAccess, addresses: Sequence[str]) -> tuple[MailboxAccess, str] | None:
    """Nothing is held up by a mailbox that does not answer."""
    try:
        with open_mailbox(box) as session:
            senders = session.senders(addresses, patience=PATIENCE)
    except MailboxError:
        return None
    return (box, senders[0]) if senders else None
