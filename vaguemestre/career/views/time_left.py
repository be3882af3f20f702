"""As `accounts.screens.sessions.views.expiry_warning`, for I-Prof's own session."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.sessions import page_owner
from vaguemestre.career.signin import sessions
from vaguemestre.web.htmx import WHOSE, is_htmx, shown_page


@require_http_methods(["GET", "HEAD", "POST"])
def staying(request: HttpRequest) -> HttpResponse:
    """Not behind `inside`, which would take the page away with what is typed on it: that is kept when it is sent.

    Nobody signs in over such a page: once the session is over the part closes it, until its owner has signed in again
    in another window and says so."""
    if not is_htmx(request):
        return HttpResponseRedirect(reverse("career:dossier"))
    now = timezone.now()
    session = sessions.session_of(request, now=now)
    if session is None or (page_owner.names_owner(request) and not page_owner.is_owner(request, session.account)):
        url = f"{reverse('career:signin')}?{urlencode({'next': shown_page(request)})}"
        return render(request, "career/time-over.html", {"signin": url, "whose": request.headers.get(WHOSE, "")})
    left = sessions.time_left_of(session, now=now)
    if left.is_soon and "dit" in request.GET:
        return HttpResponse(status=204)
    with translation.override(session.account.language):
        return render(request, "career/time-left.html", {"left": left, "back": "retour" in request.GET})
