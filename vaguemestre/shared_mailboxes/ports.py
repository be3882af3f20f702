"""What rooms above keep of somebody's right in a box, and give up with it (`web.ports`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from vaguemestre.accounts.models import Account
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.web.ports import Port


class LostRight(NamedTuple):
    """Somebody may do less in a box than before. `remaining`: `READER`, or None for nothing at all."""

    box: Account
    member: Account
    remaining: MailboxRights | None


# Within the transaction of the end: what is handed over to the owners of each box, counted by its name in the notice
# to them (`letters`, `forwardings`).
type RightFollower = Callable[[Sequence[LostRight], datetime], Mapping[LostRight, Mapping[str, int]]]
right_followers = Port[RightFollower]("shared_mailboxes.right_followers")
