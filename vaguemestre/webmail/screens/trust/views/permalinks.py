"""A message by the name that it keeps, wherever it is now."""

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.panes.action_response import role_folder
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import build_page, page_list_query, render_page
from vaguemestre.webmail.trust import permalinks


@require_safe
@with_mailbox
@handles_outage
def found_message(request: MailboxRequest, word: str) -> HttpResponse:
    """Deleted since, or a colleague's: the inbox, and in the reader's place a word about it."""
    name = permalinks.read_permalink(word)
    if name is None:
        raise Http404("message id")
    with open_mailbox(request.mailbox) as session:
        place = permalinks.find_message(session, name, request.GET.get("dans", ""))
        if place is not None:
            return HttpResponseRedirect(reverse("webmail:message", args=place))
        inbox = role_folder(session, "inbox").id
        if inbox is None:
            raise Http404("message")
        shown = build_page(request, session, page_list_query(request, inbox), now=timezone.now())
    return render_page(request, replace(shown, view="reader"), status=404, more={"gone": True, "nowhere": True})
