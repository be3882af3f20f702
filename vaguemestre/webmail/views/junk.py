"""Out of the junk: back in the inbox. The move itself teaches the filter, as it would from any other program."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.values import JUNK, MailboxId
from vaguemestre.web.quantities import grouped
from vaguemestre.webmail import bulk, leading_back, toasts
from vaguemestre.webmail.action_response import in_bulk, to
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.choosing import wanted
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.screen import folder_url
from vaguemestre.webmail.snooze import waiting
from vaguemestre.webmail.toasts import Toast, Undo


@require_POST
@signed_in
@mailbox_screen
def not_junk(request: StaffRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request) as session:
        uids = wanted(request, session, folder_id, whole=True)
        inbox = session.by_role("inbox")
        if inbox is None or inbox.id is None:
            raise NoSuchFolder
        if uids and not session.lies_in(folder_id, "junk"):  # the move does it there
            session.store(folder_id, uids.uids, remove=[JUNK])
        if len(uids) > bulk.IMMEDIATE:
            return in_bulk(request, session, to(inbox), {folder_id: uids})
        moved = waiting.move(request.account.key, session, folder_id, uids.uids, inbox.id) if uids else {}
    response = HttpResponseRedirect(leading_back.past(request, folder_url(folder_id), {folder_id: moved}))
    said = ngettext(
        "%s message is back in the inbox: the filter learns from it",
        "%s messages are back in the inbox: the filter learns from it",
        len(moved),
    ) % grouped(len(moved))
    undo = Undo(request.account.key, folder_id, inbox.id, [int(uid) for uid in moved.values()])
    if said := toasts.with_gone(said, len(moved), len(uids) - len(moved)):
        toasts.say(response, Toast(said, undo.signed() if moved else ""))
    return response
