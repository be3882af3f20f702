"""Acts on thousands of messages: how far they are, stopping, taking back, putting their notice away."""

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.web.htmx import is_htmx, shown_page
from vaguemestre.web.toasts import Toast, say
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.actions import bulk_actions, progress as bulk_progress, progress_cookie
from vaguemestre.webmail.actions.access import bulk_act_for
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url


@require_safe
@with_mailbox
def progress(request: MailboxRequest) -> HttpResponse:
    """What the page asks every second while something runs; alone it has no page."""
    if not is_htmx(request):
        return HttpResponseRedirect(reverse("webmail:home"))
    now = timezone.now()
    board = bulk_progress.progress_board(request.mailbox.mailbox, now)
    response = render(
        request, "webmail/actions/progress.html", {"bulk": board, "now": now, "here": shown_page(request)}
    )
    if not board.notices:
        progress_cookie.forget(response)
    return response


@require_POST
@with_mailbox
def stop(request: MailboxRequest, key: str) -> HttpResponse:
    bulk_actions.stop(bulk_act_for(request.mailbox.mailbox, key), timezone.now())
    return HttpResponseRedirect(return_url(request, reverse("webmail:home")))


@require_POST
@with_mailbox
@handles_outage
def undo(request: MailboxRequest, key: str) -> HttpResponseBase:
    act = bulk_act_for(request.mailbox.mailbox, key)
    back = bulk_actions.undo(act, timezone.now())
    response = HttpResponseRedirect(return_url(request, folder_url(act.source)))
    if back is None:
        say(response, Toast(_("It is too late to undo this. The messages are where you put them.")))
    else:
        progress_cookie.remember(response)
    return response


@require_POST
@with_mailbox
def away(request: MailboxRequest, key: str) -> HttpResponse:
    act = bulk_act_for(request.mailbox.mailbox, key)
    type(act).objects.filter(pk__in=[one.pk for one in bulk_actions.rows_of(act)]).update(shown=False)
    return HttpResponseRedirect(return_url(request, reverse("webmail:home")))
