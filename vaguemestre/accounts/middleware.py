"""Tells every request whose it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from vaguemestre.accounts.sessions import expiry_warning, page_owner, sessions


def session(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """`request.account` is the person's account, or None for a stranger; without a cookie it costs no query."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        visit = sessions.visit_session(request, now=now)
        request.visit = visit  # type: ignore[attr-defined]  # declared by StaffRequest, which the guard makes
        request.account = visit.session.account if visit.session else None  # type: ignore[attr-defined]  # the same
        mark = page_owner.owner_mark(visit.session.account) if visit.session else ""
        request.page_mark = mark  # type: ignore[attr-defined]  # for the template of every page
        left = expiry_warning.page_time_left(visit.session, now=now) if visit.session else None
        request.time_left = left  # type: ignore[attr-defined]  # the same
        return get_response(request)

    return middleware
