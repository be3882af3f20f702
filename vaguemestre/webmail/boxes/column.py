"""The lines of the shared mailboxes in the column."""

from dataclasses import dataclass

from django.utils import timezone

from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.imap.wire.answer_cache import AnswerCache
from vaguemestre.shared_mailboxes.access import SharedBox, boxes_of
from vaguemestre.webmail.assignments.filters import untaken_filters
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, box_colours, shared_accesses
from vaguemestre.webmail.shared_addresses import box_url

BOXES = 20_000
# The same for all who share a box. A page that is drawn again need not wait for it.
_counted: AnswerCache[int] = AnswerCache(BOXES)


@dataclass(frozen=True, slots=True)
class BoxLine:
    name: str
    address: str
    local_part: str
    url: str
    current: bool
    untaken: int  # conversations that wait for somebody, as last counted
    colour: str


def box_lines(request: MailboxRequest) -> tuple[BoxLine, ...]:
    """Without a query for whoever is in none."""
    boxes = boxes_of(request.account, timezone.localdate())
    colours = box_colours([one.key for one in boxes])
    return tuple(_line(one, request, colours[one.key]) for one in boxes)


def count_untaken(request: MailboxRequest) -> tuple[BoxLine, ...]:
    """Requests each mailbox, one after another; those that do not answer keep their number. One query for all."""
    accesses = shared_accesses(request.account)
    asked = untaken_filters(accesses)
    for access in accesses:
        try:
            with open_mailbox(access) as session:
                inbox = session.by_role("inbox") if session.is_indexed() else None
                if inbox and inbox.id:
                    count = len(session.matching(inbox.id, asked[access.mailbox.key]))
                    _counted.put(access.mailbox.key, None, count)
        except MailboxError:
            continue
    return box_lines(request)


def _line(box: SharedBox, request: MailboxRequest, colour: str) -> BoxLine:
    return BoxLine(
        box.name, box.address, box.local_part, box_url(box.local_part), box.key == request.mailbox.mailbox.key,
        _counted.get(box.key, None) or 0, colour,
    )  # fmt: skip
