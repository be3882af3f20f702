"""The session that a request came with, as the middleware found it."""

from django.http import HttpRequest
from django.utils import timezone

from vaguemestre.accounts.ports import heard_boxes
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.stream_tickets import Ticket


def visit_of(request: HttpRequest) -> sessions.SessionVisit:
    visit: sessions.SessionVisit = getattr(request, "visit", sessions.SessionVisit())
    return visit


def ticket_of(request: StaffRequest) -> Ticket:
    """For the event stream. As old as the look at the session: it ends with one that ends while this is answered."""
    made_at, account = visit_of(request).seen_at or timezone.now(), request.account
    boxes = tuple(key for heard in heard_boxes.all() for key in heard(account)) if account.in_boxes else ()
    return Ticket(account.key, sessions.session_mark(request.session_record), made_at, boxes)
