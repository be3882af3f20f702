"""Messages planned for an hour, those that Postfix has not taken yet, and those refused after their author had left."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.mailbox.errors import MailboxError, MailboxUnavailableError
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.compose.access import outgoing_for
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.outbox import delivery, schedule
from vaguemestre.webmail.outbox.queue import queued_messages, scheduled_messages
from vaguemestre.webmail.screens.panes.page import empty_page, page_without_list, render_page
from vaguemestre.webmail.screens.panes.send_response import pressed_button
from vaguemestre.webmail.snooze import wake_times

_TOO_LATE = gettext_lazy("Too late: this message is leaving.")


@require_safe
@with_mailbox
def waiting(request: MailboxRequest) -> HttpResponse:
    """Shown whether the mailbox answers or not."""
    return _shown(request)


@require_POST
@with_mailbox
def change_hour(request: MailboxRequest, key: str) -> HttpResponse:
    now, outgoing = timezone.now(), outgoing_for(request.mailbox.mailbox, key)
    leaves_at = schedule.parse_send_time(pressed_button(request), now)
    if leaves_at is None:
        return _shown(request, missed=key)
    if not delivery.reschedule(outgoing, leaves_at):
        return _back(_TOO_LATE)
    return _back(_("It leaves %s") % wake_times.wake_time_text(leaves_at, now))


@require_POST
@with_mailbox
def send_now(request: MailboxRequest, key: str) -> HttpResponse:
    now, outgoing = timezone.now(), outgoing_for(request.mailbox.mailbox, key)
    delivery.reschedule(outgoing, now)
    return _try(outgoing, now)


@require_POST
@with_mailbox
def cancel(request: MailboxRequest, key: str) -> HttpResponse:
    """Among the drafts, and one stays on the page."""
    now, outgoing = timezone.now(), outgoing_for(request.mailbox.mailbox, key)
    if not outgoing.is_draft and not delivery.call_back(outgoing, now):
        return _back(_TOO_LATE)
    drafts.deposit_soon(outgoing_for(request.mailbox.mailbox, key), now)
    return _back(_("It will not leave: it is among the drafts"))


@require_POST
@with_mailbox
def retry(request: MailboxRequest, key: str) -> HttpResponse:
    return _try(outgoing_for(request.mailbox.mailbox, key), timezone.now())


@require_POST
@with_mailbox
def take_back(request: MailboxRequest, key: str) -> HttpResponse:
    """Among the drafts again, to be changed or thrown away."""
    outgoing = outgoing_for(request.mailbox.mailbox, key)
    if outgoing.is_draft or delivery.call_back(outgoing, timezone.now()):
        return HttpResponseRedirect(reverse("webmail:compose", args=[key]))
    return _back(_TOO_LATE)


def _shown(request: MailboxRequest, *, missed: str = "") -> HttpResponse:
    now = timezone.now()
    try:
        with open_mailbox(request.mailbox) as session:
            shown = page_without_list(request, session)
    except MailboxUnavailableError:
        shown = empty_page(request)
    queue = queued_messages(request.mailbox.mailbox, now)
    more = {
        "queue": queue, "leaving": any(not item.problems for item in queue),
        "planned": scheduled_messages(request.mailbox.mailbox, now, missed=missed),
        "later": schedule.send_time_option(now),
    }  # fmt: skip
    return render_page(request, replace(shown, in_queue=True), status=422 if missed else 200, more=more)


def _try(outgoing: Outgoing, now: datetime) -> HttpResponse:
    try:
        delivery.deliver(outgoing.key, now)
    except MailboxError:
        return _back(_("The mail server does not answer yet. Your message is kept and will leave by itself."))
    outgoing.refresh_from_db()
    return _back(delivery.state_text(outgoing))


def _back(said: str | Promise) -> HttpResponse:
    return toasts.redirect(reverse("webmail:waiting"), Toast(str(said)))
