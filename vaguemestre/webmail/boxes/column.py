"""The lines of the shared mailboxes in the column."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.utils import timezone

from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.shared_mailboxes.access import SharedBox, boxes_of
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, colour_of, shared_accesses
from vaguemestre.webmail.shared_addresses import box_url

REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class BoxLine:
    name: str
    address: str
    local_part: str
    url: str
    current: bool
    unread: int  # as last counted
    colour: str


class _Counts:
    """The numbers last counted, by access: a page that is drawn again need not wait for them."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> int:
        return self._known.get(key, 0)

    def put(self, key: str, unread: int) -> None:
        with self._lock:
            self._known[key] = unread
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


_counts = _Counts()


def box_lines(request: MailboxRequest) -> tuple[BoxLine, ...]:
    """Without a query for whoever is in none."""
    return tuple(_line(one, request) for one in boxes_of(request.account, timezone.localdate()))


def count_unread(request: MailboxRequest) -> tuple[BoxLine, ...]:
    """Asks each mailbox, one after another; those that do not answer keep the number they had."""
    for access in shared_accesses(request.account):
        try:
            with open_mailbox(access) as session:
                inbox = next((one for one in session.folders() if one.role == "inbox"), None)
                _counts.put(access.key, inbox.unseen if inbox else 0)
        except MailboxError:
            continue
    return box_lines(request)


def _line(box: SharedBox, request: MailboxRequest) -> BoxLine:
    shown, reader = request.mailbox.mailbox.key, request.account.key
    return BoxLine(
        box.name, box.address, box.local_part, box_url(box.local_part), box.key == shown,
        _counts.get(f"{box.key}_{reader}"), colour_of(box.key),
    )  # fmt: skip
