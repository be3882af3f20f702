"""The answer to an invitation."""

import re

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.mailbox.errors import MailboxRefusedError, UnpackError
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, PiecePath, Uid
from vaguemestre.web.toasts import Toast, redirect
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose.access import outgoing_or_none
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content.attachments import AttachmentAddress
from vaguemestre.webmail.invitations import card
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.reader.viewer import find_file, with_update
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import junk_attachments

KEY = re.compile("[0-9a-f]{32}")


@require_POST
@with_mailbox
@handles_outage
def answer(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponse:
    """By mail to the organiser, from the address that was invited; the message keeps a mark of it."""
    choice, key = request.POST.get("choix", ""), request.POST.get("cle", "")
    if choice not in card.ANSWERS or not KEY.fullmatch(key):
        raise Http404("answer")
    outgoing_or_none(request.mailbox.mailbox, key)  # a key of somebody else's is refused
    back, now = return_url(request, reverse("webmail:message", args=[folder_id, uid])), timezone.now()
    if why := mailbox_closure.sending_closed_text(request.account, now):
        return redirect(back, Toast(why, tone="bad"))
    spot = AttachmentAddress(folder_id, uid, path)
    with open_mailbox(request.mailbox) as session:
        found = with_update(
            session, find_file(session, spot, junk_attachments.parse_consent(request)), request.mailbox, now
        )
    if found.in_junk:
        raise Http404("junk")
    try:
        raw = found.piece.content
        gone = not found.later and card.send_answer(request.mailbox.mailbox, raw, spot, found.message, choice, key, now)
    except (UnpackError, InvalidValueError):
        gone = False
    if not gone:
        return redirect(back, Toast(_("There is nothing to answer: nothing was sent."), tone="bad"))
    _remember(request, spot, choice)
    return redirect(back, Toast(_("The answer is on its way to the organiser.")))


def _remember(request: MailboxRequest, spot: AttachmentAddress, choice: str) -> None:
    """A folder that may only be read keeps no mark; the answer has left all the same."""
    try:
        with open_mailbox(request.mailbox) as session:
            card.mark_answer(session, spot, choice)
    except MailboxRefusedError:
        return
