"""The lines of the shared mailboxes in the column."""

from dataclasses import dataclass

from django.utils import timezone

from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.shared_mailboxes.access import SharedBox, boxes_of
from vaguemestre.webmail.connection import open_mailbox, pool
from vaguemestre.webmail.mailbox_access import MailboxRequest, box_colours, shared_accesses
from vaguemestre.webmail.shared_addresses import box_url


@dataclass(frozen=True, slots=True)
class BoxLine:
    name: str
    address: str
    local_part: str
    url: str
    current: bool
    unread: int  # as last counted
    colour: str


def box_lines(request: MailboxRequest) -> tuple[BoxLine, ...]:
    """Without a query for whoever is in none."""
    boxes = boxes_of(request.account, timezone.localdate())
    colours = box_colours([one.key for one in boxes])
    return tuple(_line(one, request, colours[one.key]) for one in boxes)


def count_unread(request: MailboxRequest) -> tuple[BoxLine, ...]:
    """Asks each mailbox, one after another; those that do not answer keep the number they had."""
    for access in shared_accesses(request.account):
        try:
            with open_mailbox(access) as session:
                session.folders()
        except MailboxError:
            continue
    return box_lines(request)


def _line(box: SharedBox, request: MailboxRequest, colour: str) -> BoxLine:
    shown, reader = request.mailbox.mailbox.key, request.account.key
    return BoxLine(
        box.name, box.address, box.local_part, box_url(box.local_part), box.key == shown,
        _last_counted(f"{box.key}_{reader}"), colour,
    )  # fmt: skip


def _last_counted(access_key: str) -> int:
    """From the folders as they were last listed: a page that is drawn again need not wait for them."""
    known = pool().memory.directory(access_key)
    inbox = known.by_role("inbox") if known else None
    return inbox.unseen if inbox else 0
