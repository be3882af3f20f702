"""After signing out: which applications are closed, and which could not be told yet."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from vaguemestre.accounts.sessions.sign_out import ended_session_hash
from vaguemestre.sso.models import ApplicationSession, Farewell, Protocol
from vaguemestre.web.htmx import is_htmx


@dataclass(frozen=True)
class LogoutProgress:
    """The applications of one session that has ended, by name."""

    closed: list[str]
    telling: list[str]  # under way, for a second
    late: list[str]  # tried, and not heard
    deaf: list[str]  # cannot be told


@require_safe
def logout_progress(request: HttpRequest) -> HttpResponse:
    """For the browser that has just signed out, and no other: a signed cookie says which session that was."""
    session = ended_session_hash(request)
    if not session:
        return HttpResponse() if is_htmx(request) else HttpResponseRedirect(reverse("accounts:signin"))
    page = "sso/logout_progress.html#left" if is_htmx(request) else "sso/logout_progress.html"
    return render(request, page, {"left": _left(session)})


def _left(session: str) -> LogoutProgress:
    left = LogoutProgress([], [], [], [])
    ended = ApplicationSession.objects.filter(session=session).exclude(ended_at=None).exclude(protocol=Protocol.MAIL)
    visits = ended.select_related("application", "farewell")
    for visit in visits.order_by("application__name", "pk"):
        names = _list(left, getattr(visit, "farewell", None))
        if visit.application.name not in names:
            names.append(visit.application.name)
    elsewhere = {*left.telling, *left.late}
    left.closed[:] = [name for name in left.closed if name not in elsewhere]  # opened twice, told once
    return left


def _list(left: LogoutProgress, notification: Farewell | None) -> list[str]:
    if notification is None:
        return left.deaf
    if notification.done_at:
        return left.closed
    return left.late if notification.is_late else left.telling
