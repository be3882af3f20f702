"""Closes the pages of the parts that are closed. Administrators continue, and so does everything that is no page."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.maintenance import state, words
from vaguemestre.maintenance.models import Maintenance, Part
from vaguemestre.maintenance.ports import lets_in
from vaguemestre.web.htmx import is_htmx

Handler = Callable[[HttpRequest], HttpResponseBase]
FIRST_SIGNIN = "/session/premiere-connexion/"
CLOSED = {
    Part.WEBMAIL: ("/webmail/", "/contacts/"),
    Part.ACCOUNT: ("/mon-compte/", FIRST_SIGNIN),
    Part.DESK: ("/assistance/",),
}
MACHINES = ("/static/", "/health/", "/ready/", "/metrics/")  # they get their answer when the database gives none
# Open when even signing in is closed: what a machine asks, what tells people where they are, whom to call, and the door
# itself, by which administrators come in.
ALWAYS = (
    *MACHINES, "/etat/", "/session/", "/bv/", "/intranet/",
    "/donnees-personnelles/", "/accessibilite/", "/plan/", "/evenements/", "/iprof/deconnexion-generale/",
    "/mail/", "/.well-known/", "/autodiscover/", "/Autodiscover/",
)  # fmt: skip
RECOVERY = "/bv/"  # its pages say whom to call, its forms change accounts
SOONEST, LATEST = 60, 3600  # of Retry-After, in seconds: an end that was promised may move


def closing(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(MACHINES):
            return get_response(request)
        now = timezone.now()
        closed = state.current(now)
        if closed and _is_closed(closed, request) and not lets_in.one()(request):
            return closed_page(request, closed, now)
        return get_response(request)

    return middleware


def closed_page(request: HttpRequest, closed: Maintenance, now: datetime) -> HttpResponse:
    template = "maintenance/closed.html#fragment" if is_htmx(request) else "maintenance/closed.html"
    # The page says it all: no banner above.
    response = render(
        request, template, {"standing": words.MaintenanceState(closed, now), "maintenance": None}, status=503
    )
    left = int((closed.ends_at - now).total_seconds())
    response.headers["Retry-After"] = str(min(max(left, SOONEST), LATEST))
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_closed(closed: Maintenance, request: HttpRequest) -> bool:
    path, parts = request.path, closed.parts
    if any(path.startswith(CLOSED.get(part, ())) for part in parts):
        return True
    if path.startswith(RECOVERY) and request.method == "POST":
        return Part.ACCOUNT in parts or Part.SIGN_IN in parts
    return Part.SIGN_IN in parts and (path.startswith(FIRST_SIGNIN) or not path.startswith(ALWAYS))
