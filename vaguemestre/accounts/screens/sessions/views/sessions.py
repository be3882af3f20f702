"""Closing one's open sessions: one, all the others, or everything when in doubt."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.access import session_of
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in

HERE = "#sessions"


@require_POST
@signed_in
def session_end(request: StaffRequest, mark: str) -> HttpResponse:
    session = session_of(request.account, mark)
    if session is None or session == request.session_record:
        raise Http404("session")
    sessions.close_session(session, by=request.account.key)
    return HttpResponseRedirect(reverse("accounts:account") + HERE)


@require_POST
@signed_in
def other_sessions_end(request: StaffRequest) -> HttpResponse:
    sessions.close_other_sessions(request.account, but=request.session_record)
    return HttpResponseRedirect(reverse("accounts:account") + HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def doubt(request: StaffRequest) -> HttpResponse:
    """Everything else closes, then the password changes: the attacker is out before the owner has thought of a new
    one."""
    if request.method == "POST":
        sessions.close_other_sessions(request.account, but=request.session_record)
        return HttpResponseRedirect(reverse("accounts:password"))
    others = len(sessions.living_sessions(request.account, now=timezone.now())) - 1
    told = {"section": "account", "others": others, "office": notices.office_of(request.account)}
    return render(request, "accounts/signin/doubt.html", told)
