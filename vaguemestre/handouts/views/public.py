"""What a link opens, for whoever has it. No account, no session: nothing of ours is known of them.

A machine that follows links in mails sees a page and changes nothing: only the form's address has the octets.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.handouts import keeping, serving
from vaguemestre.handouts.access import by_link
from vaguemestre.handouts.sending import FIELD, day_of

type View = Callable[[HttpRequest], HttpResponseBase]


def for_strangers(view: View) -> View:
    """Kept by nobody, found by no search engine, and the link told to no other site."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@require_safe
@for_strangers
def handout(request: HttpRequest) -> HttpResponseBase:
    token = request.GET.get(FIELD, "")
    found = by_link(token, timezone.now())
    if found is None or found.expires_at is None:
        return _gone(request)
    context = {"handout": found, "sender": found.account, "until": day_of(found.expires_at), "token": token}
    return render(request, "handouts/handout.html", context)


@require_safe
@for_strangers
def octets(request: HttpRequest) -> HttpResponseBase:
    now = timezone.now()
    found = by_link(request.GET.get(FIELD, ""), now)
    if found is None:
        return _gone(request)
    same = request.headers.get("If-Range", serving.mark(found)) == serving.mark(found)
    try:
        wanted = serving.part(request.headers.get("Range", "") if same else "", found.size)
    except serving.OutOfRange:
        return serving.out_of_range(found)
    if request.method == "GET" and wanted in {None, (0, found.size)}:
        keeping.fetched(found, now)
    return serving.response(found, wanted)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "handouts/gone.html", status=404)
