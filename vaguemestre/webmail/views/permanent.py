"""A message by the name that it keeps, wherever it is now."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import deep_links
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox


@require_safe
@signed_in
@mailbox_screen
def found_message(request: StaffRequest, word: str) -> HttpResponseRedirect:
    name = deep_links.message_id(word)
    if name is None:
        raise Http404("message id")
    with open_mailbox(request) as session:
        place = deep_links.find(session, name, request.GET.get("dans", ""))
    if place is None:
        raise Http404("message")
    return HttpResponseRedirect(reverse("webmail:message", args=place))
