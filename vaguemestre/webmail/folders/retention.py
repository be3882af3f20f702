"""One sentence at the head of a folder where something happens by itself."""

from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.imap.list_filters import WAITS_FOR, ListFilter
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import MailboxId


def recover_days() -> int:
    """So long what is deleted for good can be brought back; 0: not at all."""
    return academy().mail.recover_days


def is_recoverable(session: Session, folder: MailboxId) -> bool:
    """Whether what is deleted there can be brought back (`engine/dovecot/storage.conf`). From memory."""
    if not recover_days() or session.lies_in(folder, "junk"):
        return False
    return all(one is None or one.id != folder for one in map(session.by_role, ("drafts", "later")))


def recovery_text() -> str:
    """What a question says before messages leave the bin; empty where nothing is kept."""
    days = recover_days()
    said = ngettext(
        "For %d day more, all of it can be brought back from the foot of the bin.",
        "For %d days more, all of it can be brought back from the foot of the bin.",
        days,
    )
    return said % days if days else ""


def retention_note(folder: Folder, only: ListFilter | None = None) -> str:
    if only == "awaiting":
        return _("Messages sent in the last %d days that nobody has answered.") % WAITS_FOR
    if folder.role == "later":
        return _("Each message goes back to its folder at its hour.")
    if folder.role == "trash" and (days := academy().mail.trash_days):
        said = ngettext(
            "Messages in the bin are deleted after %d day.", "Messages in the bin are deleted after %d days.", days
        )
        return said % days
    if folder.role == "junk" and (days := academy().mail.junk_days):
        return ngettext("Junk is deleted after %d day.", "Junk is deleted after %d days.", days) % days
    return ""
