"""Duties on the way in and out: the request's id, who handed it on, the language of the person, and what a browser may
keep."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from vaguemestre.web import forwarding
from vaguemestre.web.monitoring import page_timing, request_trace

Handler = Callable[[HttpRequest], HttpResponseBase]
MAIL_SESSIONS = "X-Mail-Sessions"  # for nginx's log, which keeps it from the visitor


def tracing(get_response: Handler) -> Handler:
    """All that is logged meanwhile bears the id that nginx gave; how long it took is counted."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        forwarding.note_forwarder(request)
        with request_trace.following(request.headers.get("X-Request-ID", "")) as trace:
            response = get_response(request)
        if trace.imap_sessions:
            response.headers[MAIL_SESSIONS] = ",".join(sorted(trace.imap_sessions))
        if match := request.resolver_match:
            page_timing.observe_page(match.view_name, time.perf_counter() - begun)
        return response

    return middleware


def caching(get_response: Handler) -> Handler:
    """A shared computer keeps no page of the last person. A view that serves something immutable says so itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        signed_in = getattr(request, "account", None) is not None
        response.headers.setdefault("Cache-Control", "no-store" if signed_in else "no-cache")
        if isinstance(response, HttpResponse):
            patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response

    return middleware


def language(get_response: Handler) -> Handler:
    """French, unless the person chose otherwise: a browser's own preference says little on a school's computer."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = getattr(getattr(request, "account", None), "language", None)
        code = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(code):
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return middleware
