"""Who may open a page of I-Prof. The portal's session is not looked at: the provider is asked, as by any client."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from vaguemestre.accounts.sessions import saved_forms
from vaguemestre.career.hr_officers import officer_of
from vaguemestre.career.request import CareerRequest, OfficerRequest
from vaguemestre.career.signin import sessions
from vaguemestre.web.htmx import go_to, is_htmx, shown_page

type CareerView[**P] = Callable[Concatenate[CareerRequest, P], HttpResponseBase]
type OfficerView[**P] = Callable[Concatenate[OfficerRequest, P], HttpResponseBase]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def career_session_required[**P](view: CareerView[P]) -> View[P]:
    """A stranger goes to the provider and comes back to the same page."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        now = timezone.now()
        session = sessions.session_of(request, now=now)
        ours = cast(CareerRequest, request)
        ours.page_mark = ""  # the portal's mark of its own page: not of this one
        if session is None:
            return sign_in(request)
        ours.account, ours.career_session = session.account, session
        ours.time_left = sessions.time_left_of_page(session, now=now)
        ours.officer = officer_of(session.account, timezone.localdate(now))
        if request.method == "POST":
            saved_forms.forget_sent_form(request, session.account)
        with translation.override(session.account.language):
            return view(ours, *args, **kwargs)

    return guarded


def officers_only[**P](view: OfficerView[P]) -> View[P]:
    """For anybody else there is no such page."""

    @wraps(view)
    def guarded(request: CareerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.officer is None:
            raise Http404("career")
        return view(cast(OfficerRequest, request), *args, **kwargs)

    return career_session_required(guarded)


def sign_in(request: HttpRequest) -> HttpResponse:
    """What was typed is kept (`accounts.sessions.saved_forms`), and offered once they are back."""
    page = request.get_full_path() if request.method == "GET" and not is_htmx(request) else shown_page(request)
    if (
        request.method == "POST"
        and not is_htmx(request)
        and (key := saved_forms.save_form(request, now=timezone.now()))
    ):
        page = reverse("career:kept", args=[key])
    url = f"{reverse('career:signin')}?{urlencode({'next': page})}"
    response = go_to(url) if is_htmx(request) else HttpResponseRedirect(url)
    if sessions.COOKIE in request.COOKIES:
        sessions.forget_cookie(response)  # of a session that has ended
    return response
