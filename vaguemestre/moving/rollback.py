"""Taking back what an import brought: its messages, where they still lie, then the folders that it made."""

import time
from datetime import datetime

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.moving.models import Intake, Part

AT_ONCE = 1000  # messages


def slice_of(intake: Intake, session: Session, now: datetime, until: float) -> None:
    for part in intake.parts.exclude(brought="").order_by("-number"):
        _take_back(part, session, until)
        if part.brought or time.monotonic() >= until:
            return
    if not intake.parts.exclude(brought="").exists():
        _remove_folders(intake, session)
        Intake.objects.filter(pk=intake.pk, state=Intake.State.UNDOING).update(
            state=Intake.State.UNDONE, finished_at=now
        )


def _take_back(part: Part, session: Session, until: float) -> None:
    """A folder that is gone, or is another one of that name, holds nothing of ours any more."""
    left = UidSet.read(part.brought)
    while left:
        chunk, left = left.highest(AT_ONCE)
        try:
            if _is_there(part, session):
                session.delete(MailboxId(part.target), chunk.uids)
            else:
                left = UidSet(())
        except NoSuchFolderError:
            left = UidSet(())
        part.brought = str(left)
        part.save(update_fields=["brought"])
        if time.monotonic() >= until:  # looked at last: on a busy machine each slice still takes something back
            return


def _is_there(part: Part, session: Session) -> bool:
    return any(one.id == part.target and one.uid_validity == part.validity for one in session.folders())


def _remove_folders(intake: Intake, session: Session) -> None:
    """The deepest first; one that holds something else by now stays."""
    made = {part.target for part in intake.parts.filter(made=True)}
    if intake.target_made:
        made.add(intake.target)
    for folder in sorted(session.folders(), key=lambda one: -one.name.depth):
        if folder.id in made and folder.id is not None and not _holds(session, str(folder.name), folder.id):
            session.remove(folder.id)


def _holds(session: Session, name: str, key: MailboxId) -> bool:
    return any((one.id == key and one.total > 0) or one.name.startswith(f"{name}/") for one in session.folders())
