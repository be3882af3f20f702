"""What an open page asks before its session ends for want of use, and the answer of whoever is still there."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.sessions import expiry_warning, page_owner
from vaguemestre.accounts.sessions.current_session import visit_of
from vaguemestre.web.htmx import ask_to_sign_in, is_htmx


@require_http_methods(["GET", "HEAD", "POST"])
def staying(request: HttpRequest) -> HttpResponse:
    """GET is asked in the background and changes nothing; POST is a use of the session, as any other.

    `dit`: the page says it already, and is only told when that has changed."""
    if not page_owner.names_owner(request) or not is_htmx(request):
        return HttpResponseRedirect(reverse("portal:home"))
    session = visit_of(request).session
    if session is None or not page_owner.is_owner(request, session.account):
        return ask_to_sign_in(401)
    left = expiry_warning.time_left(session, now=timezone.now())
    if left.is_soon and "dit" in request.GET:
        return HttpResponse(status=204)
    return render(request, "accounts/sessions/expiry_warning.html", {"left": left})
