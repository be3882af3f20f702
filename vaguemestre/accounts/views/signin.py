"""The sign-in page. Every cause of failure has one answer."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts import devices, sessions
from vaguemestre.accounts.forms.signin import SigninForm
from vaguemestre.accounts.middleware import visit_of
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.next_page import after_signin, wanted_page
from vaguemestre.accounts.remote import remote_of
from vaguemestre.accounts.signin import Outcome, attempt
from vaguemestre.accounts.waiting import idle_in_words, wait_in_words


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page_or_home(request)
    form = SigninForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    facts, now = form.cleaned_data, timezone.now()
    outcome = attempt(facts["identifiant"], facts["secret"], remote=remote_of(request), now=now)
    if outcome.account is None:
        return _refused(request, form, outcome)
    return _welcome(request, outcome.account, shared_computer=facts["partage"], now=now)


def _page_or_home(request: HttpRequest) -> HttpResponse:
    if visit_of(request).session:
        return HttpResponseRedirect(after_signin(request))
    response = _page(request, SigninForm())
    if visit_of(request).ended:
        sessions.forget_cookie(response)  # said once
    return response


def _refused(request: HttpRequest, form: SigninForm, outcome: Outcome) -> HttpResponse:
    form.mark_refused()
    if outcome.wait is None:
        return _page(request, form, refused=True)
    response = _page(request, form, wait=wait_in_words(outcome.wait), status=429)
    response.headers["Retry-After"] = str(int(outcome.wait.total_seconds()) + 1)
    return response


def _welcome(request: HttpRequest, account: Account, *, shared_computer: bool, now: datetime) -> HttpResponse:
    """A new session, whatever the browser held before; the anti-forgery token changes with it."""
    if former := visit_of(request).session:
        sessions.end_session(former)
    remote = remote_of(request)
    token = sessions.open_session(
        account, shared_computer=shared_computer, address=remote.address, agent=remote.agent, now=now
    )
    response = HttpResponseRedirect(_first_or_wanted(request, account))
    sessions.set_cookie(response, token)
    if not shared_computer:
        devices.remember(request, response, account, now=now)
    rotate_token(request)
    return response


def _first_or_wanted(request: HttpRequest, account: Account) -> str:
    if not account.first_signin_due:
        return after_signin(request)
    wanted = wanted_page(request)
    return reverse("accounts:first-signin") + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _page(
    request: HttpRequest, form: SigninForm, *, refused: bool = False, wait: str = "", status: int = 200
) -> HttpResponse:
    visit, wanted = visit_of(request), wanted_page(request)
    context = {
        "form": form,
        "next": wanted,
        "first": wanted == reverse("accounts:first-signin"),
        "refused": refused,
        "wait": wait,
        "ended": visit.ended if request.method == "GET" else None,
        "idle": idle_in_words(visit.idle_limit) if visit.idle_limit else "",
        "left": "fin" in request.GET,
    }
    return render(request, "accounts/signin.html", context, status=status)
