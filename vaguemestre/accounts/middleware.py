"""Tells every request whose it is, the first time somebody asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from vaguemestre.accounts import sessions
from vaguemestre.accounts.models import Account


def session(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """`request.account` is false for a stranger. A page that never looks at it costs no query."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        visit = SimpleLazyObject(lambda: sessions.visit(request, now=timezone.now()))

        def account() -> Account | None:
            return visit.session.account if visit.session else None

        request.visit = visit  # type: ignore[attr-defined]  # declared by StaffRequest, filled by the guard
        request.account = SimpleLazyObject(account)  # type: ignore[attr-defined]  # the same
        return get_response(request)

    return middleware


def visit_of(request: HttpRequest) -> sessions.Visit:
    visit: sessions.Visit = getattr(request, "visit", sessions.Visit())
    return visit
