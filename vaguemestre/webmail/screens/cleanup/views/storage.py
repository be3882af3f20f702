"""Make room: what is large, and what may go."""

from collections.abc import Callable

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.mailbox.errors import QuotaExceededError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.cleanup import storage
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import retention
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.outbox import queue
from vaguemestre.webmail.screens.panes.bin_response import attachment_removal_toast, trash_id
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.settings_pages.page import render_settings

type Chosen = dict[MailboxId, list[Uid]]


@require_safe
@with_mailbox
@handles_outage
def space(request: MailboxRequest) -> HttpResponse:
    word = request.GET.get("page", "1")
    number = int(word) if word.isascii() and word.isdigit() and 0 < len(word) < 5 else 1
    with open_mailbox(request.mailbox) as session:
        found = storage.storage_usage(session, max(1, number), timezone.now())
    return render_settings(request, "space", {"space": found, "recovers": retention.recover_days() > 0})


@require_POST
@with_mailbox
@handles_outage
def deletion(request: MailboxRequest) -> HttpResponse:
    def act(session: Session, chosen: Chosen, trash: MailboxId) -> Toast | None:
        count = storage.move_to_trash(session, chosen, trash)
        words = ngettext(
            "%s message is in the bin. Empty it to get the room back.",
            "%s messages are in the bin. Empty it to get the room back.",
            count,
        )
        return Toast(words % number_text(count)) if count else None

    return _done(request, act)


@require_POST
@with_mailbox
@handles_outage
def removal(request: MailboxRequest) -> HttpResponse:
    """In a full mailbox a second press is asked for: `definitif`, then nothing waits in the bin."""
    for_good = request.POST.get("definitif") == "1"

    def act(session: Session, chosen: Chosen, trash: MailboxId) -> Toast:
        done, is_full = storage.remove_attachments(session, chosen, trash, timezone.now(), for_good=for_good)
        if not done and any(storage.keeps_attachments(session, folder) for folder in chosen):
            return Toast(_("A draft, and what was put off until later, keep their attachments."))
        if for_good:
            queue.retry_when_room(request.mailbox.mailbox.key, timezone.now())
        return attachment_removal_toast(request, done, for_good=for_good, is_full=is_full)

    try:
        return _done(request, act)
    except QuotaExceededError:
        return _ask(request)


def _ask(request: MailboxRequest) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        found = storage.storage_usage(session, 1, timezone.now())
        asked = request.POST.getlist("choix")
        kept = all(retention.is_recoverable(session, folder) for folder in storage.parse_chosen(asked))
    promise = retention.recovery_text() if kept else ""
    return render_settings(request, "space", {"space": found, "asked": asked, "promise": promise}, status=409)


def _done(request: MailboxRequest, act: Callable[[Session, Chosen, MailboxId], Toast | None]) -> HttpResponse:
    try:
        chosen = storage.parse_chosen(request.POST.getlist("choix"))
    except InvalidValueError as error:
        raise Http404(str(error)) from error
    response = HttpResponseRedirect(reverse("webmail:space"))
    if not chosen:
        return response
    with open_mailbox(request.mailbox) as session:
        toast = act(session, chosen, trash_id(session))
    if toast:
        toasts.say(response, toast)
    return response
