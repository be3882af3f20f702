"""Messages sent that Postfix has not taken yet, and those it refused after their author had left."""

from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import MailboxError, MailboxUnavailable
from vaguemestre.webmail import outbox
from vaguemestre.webmail.access import outgoing_for
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.pending import queued
from vaguemestre.webmail.screen import bare_desk, empty_desk, show
from vaguemestre.webmail.toasts import Toast, say


@require_safe
@signed_in
def waiting(request: StaffRequest) -> HttpResponse:
    """Shown whether the mailbox answers or not."""
    try:
        with open_mailbox(request) as session:
            shown = bare_desk(request, session)
    except MailboxUnavailable:
        shown = empty_desk(request)
    return show(request, replace(shown, in_queue=True), more={"queue": queued(request.account, timezone.now())})


@require_POST
@signed_in
def retry(request: StaffRequest, key: str) -> HttpResponse:
    outgoing = outgoing_for(request.account, key)
    try:
        outbox.deliver(outgoing.key, timezone.now())
    except MailboxError:
        said = _("The mail server does not answer yet. Your message is kept and will leave by itself.")
    else:
        said = outbox.state_in_words(outgoing_for(request.account, key))
    response = HttpResponseRedirect(reverse("webmail:waiting"))
    say(response, Toast(said))
    return response


@require_POST
@signed_in
def take_back(request: StaffRequest, key: str) -> HttpResponse:
    """Among the drafts again, to be changed or thrown away."""
    outgoing = outgoing_for(request.account, key)
    if outgoing.is_draft or outbox.take_back(outgoing, timezone.now()):
        return HttpResponseRedirect(reverse("webmail:compose", args=[key]))
    response = HttpResponseRedirect(reverse("webmail:waiting"))
    say(response, Toast(_("Too late: this message is leaving.")))
    return response
