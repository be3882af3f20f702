"""Out of the junk: back in the inbox. The move itself teaches the filter, as it would from any other program."""

from contextlib import suppress

from django.http import HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.values import JUNK, MailboxId
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.actions.selection import count_places, select
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.panes.action_response import list_redirect, move_response
from vaguemestre.webmail.screens.panes.outage import handles_outage


@require_POST
@with_mailbox
@handles_outage
def not_junk(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """What was thrown away from the junk as well: its mark goes off."""
    with open_mailbox(request.mailbox) as session:
        selection, inbox = select(request, session, folder_id, whole=True), session.by_role("inbox")
        if inbox is None:
            raise NoSuchFolderError
        for folder, uids in selection.places.items():
            with suppress(NoSuchFolderError):
                if uids and not session.lies_in(folder, "junk"):  # the move does it there
                    session.store(folder, uids.uids, remove=[JUNK])
        if folder_id == inbox.id:  # it only bore the mark of the junk
            count = count_places(selection.places)
            return list_redirect(request, selection.url, Toast(_learned_text(count)) if count else None)
        return move_response(request, session, selection, inbox, _learned_text if folder_id else None)


def _learned_text(count: int) -> str:
    return ngettext(
        "%s message is back in the inbox: the filter learns from it",
        "%s messages are back in the inbox: the filter learns from it",
        count,
    ) % number_text(count)
