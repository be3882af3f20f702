"""Who may open a page. Every view of the product is behind one of these, or on the short public list."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from vaguemestre.accounts.middleware import visit_of
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.htmx import go_to, is_htmx

type StaffView[**P] = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in[**P](view: StaffView[P]) -> View[P]:
    """A stranger goes to the sign-in page and comes back; while a first sign-in waits, nothing else opens."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        staff = staff_request(request)
        if staff is None:
            return _leave(request, f"{reverse('accounts:signin')}{_next(request)}")
        if staff.account.first_signin_due:
            return _leave(request, f"{reverse('accounts:first-signin')}{_next(request)}")
        return view(staff, *args, **kwargs)

    return guarded


def staff_request(request: HttpRequest) -> StaffRequest | None:
    """The same request, with the person's account and session on it; None for a stranger."""
    session = visit_of(request).session
    if session is None:
        return None
    staff = cast(StaffRequest, request)
    staff.account, staff.session_record = session.account, session
    return staff


def _leave(request: HttpRequest, url: str) -> HttpResponse:
    """htmx would put the other page inside this one: it is told to go there instead."""
    return go_to(url) if is_htmx(request) else HttpResponseRedirect(url)


def _next(request: HttpRequest) -> str:
    """Where to come back to: the page, not the fragment nor the act that was refused."""
    if is_htmx(request):
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        wanted = current.path + (f"?{current.query}" if current.query else "")
    else:
        wanted = request.get_full_path() if request.method == "GET" else ""
    return f"?{urlencode({'next': wanted})}" if wanted else ""
