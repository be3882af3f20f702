"""What may be done to one message of an exchange: the folder that it lies in says it, not the list one came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.labels.labels import LabelChip
from vaguemestre.webmail.snooze import wake_times
from vaguemestre.webmail.snooze.snoozed_messages import STAYS
from vaguemestre.webmail.snooze.wake_times import WakeTimeChoice

# With the focus in one message they mean it or nothing: never the whole, never another (`shortcuts.ts`).
KEYS = "e E # b v l s I U J r a f"


@dataclass(frozen=True, slots=True)
class MessageActions:
    role: str  # of its folder
    inbox: MailboxId | None
    destinations: list[tuple[MailboxId, str]]
    later: list[WakeTimeChoice]  # hours until which it may be put off
    labels: list[tuple[LabelChip, bool]]  # and whether it bears them


def message_actions(
    folder: MailboxId, flags: Iterable[str], folders: Sequence[Folder], chips: Iterable[LabelChip], now: datetime
) -> MessageActions:
    here, inbox = lookup.folder_by_id(folders, folder), lookup.folder_by_role(folders, "inbox")
    role = (here.role if here else None) or ""
    worn = {flag.lower() for flag in flags}
    return MessageActions(
        role=role,
        inbox=inbox.id if inbox else None,
        destinations=lookup.move_destinations(folders, folder),
        later=[] if role in STAYS else wake_times.wake_time_choices(now),
        labels=[(chip, chip.keyword in worn) for chip in chips],
    )
