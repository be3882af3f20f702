"""One press beside a failure: the same message to the same person, once more."""

from datetime import timedelta

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.toasts import Toast, say
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import drafts, replies, resent_message
from vaguemestre.webmail.compose.access import outgoing_for
from vaguemestre.webmail.compose.attached_files import NotAttachedError
from vaguemestre.webmail.compose.draft_content import DraftOrigin
from vaguemestre.webmail.compose.drafts import AlreadySentError, WrittenElsewhereError
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.outbox import delivery, delivery_reports
from vaguemestre.webmail.outbox.delivery import SendOutcome, SendRefusedError
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.compose_window import problem_text
from vaguemestre.webmail.screens.panes.draft_request import keep_draft
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.send_response import refuse_sensitive_data, sent_before_toast, sent_toast


@require_POST
@with_mailbox
@handles_outage
def resend(request: MailboxRequest, folder_id: MailboxId, uid: Uid, key: str) -> HttpResponse:
    """`key` was made with the page: pressed twice, it leaves once. What cannot leave is on its sheet, and why."""
    account, now, address = request.mailbox.mailbox, timezone.now(), request.POST.get("adresse", "")
    back = return_url(request, reverse("webmail:message", args=[folder_id, uid]))
    with open_mailbox(request.mailbox) as session:
        message, sent = session.message(folder_id, uid), session.by_role("sent")
        if sent is None or sent.id != folder_id or not delivery_reports.has_failed(account, message, address):
            raise Http404("no such failure")
        letter = replies.send_again(session, DraftOrigin(folder_id, uid), message, key)
    letter = resent_message.resent_unchanged(account, letter, message, address, key)
    seconds = lookup.undo_seconds(lookup.load_preferences(request.account).undo_seconds)
    try:
        outgoing = keep_draft(request, key, letter.by(new_key()))
        resent_message.keep_its_place(outgoing, DraftOrigin(folder_id, uid), message)
        refuse_sensitive_data(outgoing, request.account, now)
        outcome = delivery.send(outgoing, now, now + timedelta(seconds=seconds) if seconds else None)
    except AlreadySentError:
        return _said(back, sent_before_toast(outgoing_for(account, key), now))
    except (SendRefusedError, NotAttachedError, WrittenElsewhereError) as problem:
        drafts.deposit_soon(outgoing_for(account, key), now)
        return _said(reverse("webmail:compose", args=[key]), Toast(problem_text(problem)))
    if outcome == SendOutcome.ALREADY:
        return _said(back, sent_before_toast(outgoing_for(account, key), now))
    if outcome == SendOutcome.REFUSED:
        return HttpResponseRedirect(reverse("webmail:compose", args=[key]))  # it says why
    return _said(back, sent_toast(outcome, outgoing, seconds, None, now))


def _said(url: str, toast: Toast) -> HttpResponse:
    response = HttpResponseRedirect(url)
    say(response, toast)
    return response
