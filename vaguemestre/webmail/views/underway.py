"""Whether a message sent has left: asked beside its page, since the queue takes its time to answer."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail import underway
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.underway import QueueAway


@require_safe
@signed_in
@mailbox_screen
def waiting(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """The part of the page, or a page of its own for whoever has no script."""
    now = timezone.now()
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        sent = session.by_role("sent")
    lines: list[underway.Line] = []
    unknown = False
    if sent and sent.id == folder_id and underway.may_wait(message, now):
        try:
            lines = underway.of(request.account, message, now)
        except QueueAway:
            unknown = True
    context = {"lines": lines, "unknown": unknown, "folder_id": folder_id, "uid": uid}
    page = "webmail/underway_part.html" if is_htmx(request) else "webmail/underway.html"
    return render(request, page, context)
