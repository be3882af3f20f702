"""A message by the name that it keeps, wherever it is now."""

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.panes.action_response import role_folder
from vaguemestre.webmail.panes.outage import mailbox_screen
from vaguemestre.webmail.panes.page import desk, place_of, show
from vaguemestre.webmail.trust import permalinks


@require_safe
@signed_in
@mailbox_screen
def found_message(request: StaffRequest, word: str) -> HttpResponse:
    """Deleted since, or a colleague's: the inbox, and in the reader's place a word about it."""
    name = permalinks.message_id(word)
    if name is None:
        raise Http404("message id")
    with open_mailbox(request) as session:
        place = permalinks.find(session, name, request.GET.get("dans", ""))
        if place is not None:
            return HttpResponseRedirect(reverse("webmail:message", args=place))
        inbox = role_folder(session, "inbox").id
        if inbox is None:
            raise Http404("message")
        shown = desk(request, session, place_of(request, inbox), now=timezone.now())
    return show(request, replace(shown, view="reader"), status=404, more={"gone": True, "nowhere": True})
