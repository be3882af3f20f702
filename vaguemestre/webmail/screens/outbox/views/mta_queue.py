"""Whether a message sent has left: asked beside its page, since the queue takes its time to answer."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.outbox import mta_queue
from vaguemestre.webmail.outbox.mta_queue import QueueUnavailableError
from vaguemestre.webmail.screens.panes.outage import handles_outage


@require_safe
@with_mailbox
@handles_outage
def waiting(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """The part of the page, or a page of its own for whoever has no script."""
    now = timezone.now()
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        sent = session.by_role("sent")
    lines: list[mta_queue.QueueLine] = []
    unknown = False
    if sent and sent.id == folder_id and mta_queue.may_wait(message, now):
        try:
            lines = mta_queue.queue_lines(request.mailbox.mailbox, message, now)
        except QueueUnavailableError:
            unknown = True
    context = {"lines": lines, "unknown": unknown, "folder_id": folder_id, "uid": uid}
    page = "webmail/outbox/mta_queue_lines.html" if is_htmx(request) else "webmail/outbox/mta_queue.html"
    return render(request, page, context)
