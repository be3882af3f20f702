"""The open page asks for a new ticket of the event stream by itself. It never keeps a session alive.

Also of whom nothing else is open to (first sign-in, departure, a factor that is due): their page hears of its end."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.current_session import ticket_of
from vaguemestre.accounts.sessions.decorators import is_on_own_page, sign_in_again, staff_request
from vaguemestre.accounts.sessions.stream_tickets import set_ticket


@require_safe
def listening(request: HttpRequest) -> HttpResponse:
    staff = staff_request(request)
    if staff is None or not is_on_own_page(staff):
        return sign_in_again(request)
    if sessions.BACKGROUND not in request.headers:
        return HttpResponse(status=400)  # by hand there is nothing to see
    response = HttpResponse(status=204)
    set_ticket(response, ticket_of(staff))
    return response
