"""A filter applied to the inbox as it is: its newest messages, the same acts; what moved comes back by one press."""

from dataclasses import dataclass
from datetime import datetime

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, MailboxId, Uid
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.folders.lookup import folder_by_id, folder_by_role
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.rules.filters.matches import find_matches
from vaguemestre.webmail.rules.filters.rule import Rule
from vaguemestre.webmail.undo import Undo

NEWEST = 5_000


@dataclass(frozen=True, slots=True)
class InboxRun:
    """`act`: more than a person waits for continues in the background. `undo`: what moved, while one waited."""

    count: int
    act: BulkAct | None = None
    undo: Undo | None = None


def run_on_inbox(session: Session, access: MailboxAccess, rule: Rule, now: datetime) -> InboxRun:
    """Marks first: they follow a message where it goes."""
    everything = session.folders()
    inbox = folder_by_role(everything, "inbox")
    if inbox is None or inbox.id is None:
        raise NoSuchFolderError("inbox")
    uids = [row.uid for row in find_matches(session, inbox.id, rule, limit=NEWEST).rows]
    marks = [*([SEEN] if rule.reads else []), *([FLAGGED] if rule.stars else []), *rule.labels]
    if uids and marks:
        session.store(inbox.id, uids, add=marks)
    target = _target(session, everything, rule)
    if not uids or target is None or target.id is None or target.id == inbox.id:
        return InboxRun(len(uids))
    if rule.copies:
        return InboxRun(len(session.copy(inbox.id, uids, target.id)))
    return _moved(session, access, inbox, uids, target, now)


def _moved(
    session: Session, access: MailboxAccess, inbox: Folder, uids: list[Uid], target: Folder, now: datetime
) -> InboxRun:
    if inbox.id is None or target.id is None:
        raise NoSuchFolderError("inbox")
    if len(uids) > bulk_actions.IMMEDIATE:
        asked = bulk_actions.BulkRequest(BulkAct.Verb.MOVE, target=target.id, label=target.name.label)
        act = bulk_actions.begin(access.mailbox, asked, {inbox: UidSet.of(uids)}, now)
        return InboxRun(len(uids), act=act)
    moved = session.move(inbox.id, uids, target.id)
    return InboxRun(len(moved), undo=Undo(access.key, inbox.id, target.id, [int(uid) for uid in moved.values()]))


def _target(session: Session, everything: list[Folder], rule: Rule) -> Folder | None:
    if rule.bins:
        return folder_by_role(everything, "trash") or session.create(FolderName("Trash"))
    if not rule.folder:
        return None
    found = folder_by_id(everything, MailboxId(rule.folder))
    if found is None:
        raise NoSuchFolderError(rule.folder)
    return found
