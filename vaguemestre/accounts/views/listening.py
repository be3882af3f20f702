"""The open page asks for a new ticket of the event stream by itself. It never keeps a session alive."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from vaguemestre.accounts import sessions
from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.listening import let_listen
from vaguemestre.accounts.middleware import ticket_of
from vaguemestre.accounts.request import StaffRequest


@require_safe
@signed_in
def listening(request: StaffRequest) -> HttpResponse:
    if sessions.BACKGROUND not in request.headers:
        return HttpResponse(status=400)  # by hand there is nothing to see
    response = HttpResponse(status=204)
    let_listen(response, ticket_of(request))
    return response
