"""Tells every request whose it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from vaguemestre.accounts import sessions


def session(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """`request.account` is the person's account, or None for a stranger; without a cookie it costs no query."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        visit = sessions.visit(request, now=timezone.now())
        request.visit = visit  # type: ignore[attr-defined]  # declared by StaffRequest, which the guard makes
        request.account = visit.session.account if visit.session else None  # type: ignore[attr-defined]  # the same
        return get_response(request)

    return middleware


def visit_of(request: HttpRequest) -> sessions.Visit:
    visit: sessions.Visit = getattr(request, "visit", sessions.Visit())
    return visit
