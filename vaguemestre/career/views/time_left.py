"""As `accounts.views.time_left`, for I-Prof's own session."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from vaguemestre.career import sessions
from vaguemestre.web.htmx import is_htmx, shown_page


@require_http_methods(["GET", "HEAD", "POST"])
def staying(request: HttpRequest) -> HttpResponse:
    """Not behind `inside`, which would take the page away with what is typed on it: that is kept when it is sent.

    Nobody signs in over such a page: once the session is over the part itself says so, and asks no more."""
    if not is_htmx(request):
        return HttpResponseRedirect(reverse("career:dossier"))
    now = timezone.now()
    session = sessions.session_of(request, now=now)
    if session is None:
        url = f"{reverse('career:signin')}?{urlencode({'next': shown_page(request)})}"
        return render(request, "career/time-over.html", {"signin": url})
    left = sessions.time_left_of(session, now=now)
    if left.is_soon and "dit" in request.GET:
        return HttpResponse(status=204)
    with translation.override(session.account.language):
        return render(request, "accounts/time-left.html", {"left": left})
