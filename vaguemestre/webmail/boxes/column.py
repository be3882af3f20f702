"""The lines of the shared mailboxes in the column."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxAccess, MailboxRequest, shared_accesses
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
    return tuple(_line(one, request.mailbox.mailbox) for one in shared_accesses(request.account))


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


def _line(access: MailboxAccess, shown: Account) -> BoxLine:
    box = access.mailbox
    return BoxLine(
        box.display_name, box.address, box.local_part, box_url(box.local_part), box.key == shown.key,
        _counts.get(access.key), access.colour,
    )  # fmt: skip
