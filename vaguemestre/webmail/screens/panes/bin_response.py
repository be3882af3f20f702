"""The bin of a person, and what is said of attachments that were removed."""

from collections.abc import Sequence

from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.cleanup import storage
from vaguemestre.webmail.cleanup.storage import AttachmentRemoval
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.screens.panes.action_response import role_folder
from vaguemestre.webmail.undo import undo_token


def attachment_removal_toast(
    request: MailboxRequest, done: Sequence[AttachmentRemoval], *, for_good: bool, is_full: bool = False
) -> Toast:
    """What is said of it, and the way back as long as the whole ones lie in the bin. `is_full`: there was no room for
    the others."""
    count = len(done)
    words = {"count": number_text(count), "size": octets_text(sum(one.gained for one in done))}
    if not count:
        return Toast(_("There is no attachment to remove from what you chose."))
    if for_good:
        said = ngettext(
            "%(count)s message is lighter by %(size)s.", "%(count)s messages are lighter by %(size)s.", count
        )
    else:
        said = ngettext(
            "%(count)s message is lighter by %(size)s. The whole one lies in the bin: empty it to get the room back.",
            "%(count)s messages are lighter by %(size)s. The whole ones lie in the bin: empty it to get the room back.",
            count,
        )
    places = [(one.folder, one.uid, one.whole) for one in done if one.uid and one.whole]
    undo = undo_token(request.mailbox.key, *places, salt=storage.UNDO_SALT) if places else ""
    said %= words
    if is_full:
        said = f"{said} {_('The mailbox is full: the others keep their attachments until then.')}"
    return Toast(said, undo, undo_at="webmail:space-undo")


def trash_id(session: Session) -> MailboxId:
    folder = role_folder(session, "trash")
    assert folder.id is not None  # noqa: S101 - the bin can be opened
    return folder.id
