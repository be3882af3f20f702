"""The sign-in page. Every cause of failure has one answer."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.durations import idle_text, wait_text
from vaguemestre.accounts.factors import passkeys
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.current_session import visit_of
from vaguemestre.accounts.sessions.sign_out import ended_session_hash
from vaguemestre.accounts.signin import captcha_step, completion
from vaguemestre.accounts.signin.attempt import SigninOutcome
from vaguemestre.accounts.signin.next_page import after_signin, wanted_page
from vaguemestre.accounts.signin.signin_form import SigninForm


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page_or_home(request)
    form, now = SigninForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, form)
    outcome = captcha_step.try_captcha(request, form.cleaned_data["identifiant"], form.cleaned_data["secret"], now=now)
    if outcome.account is None:
        return _refused(request, form, outcome)
    shared_computer = form.cleaned_data["partage"]
    return completion.proceed(request, outcome, outcome.account, shared_computer=shared_computer, now=now)


@sensitive_post_parameters("cle")
@require_POST
def key_alone(request: HttpRequest) -> HttpResponse:
    """A passkey whose device has checked its holder: nothing is typed, and it is two factors at once."""
    now = timezone.now()
    account = passkeys.verify_passkey(request.POST.get("cle", ""), None, now)
    if account is None or account.portal_refusal(today(now)):
        return _page(request, SigninForm(), key_refused=True)
    completion.note_good(request, account, now=now)
    return completion.open_and_welcome(
        request, account, shared_computer="partage" in request.POST, wanted=wanted_page(request), strong=True, now=now
    )


def _page_or_home(request: HttpRequest) -> HttpResponse:
    if visit_of(request).session:
        return HttpResponseRedirect(after_signin(request))
    response = _page(request, SigninForm())
    if visit_of(request).ended:
        sessions.forget_cookie(response)  # said once
        sessions.end_cookie_session(request)  # nobody holds it any more: what it opened elsewhere ends with it
    return response


def _refused(request: HttpRequest, form: SigninForm, outcome: SigninOutcome) -> HttpResponse:
    form.mark_refused()
    if outcome.wait is None:
        shown = captcha_step.captcha_context(request, outcome, now=timezone.now())
        return _page(request, form, refused=not outcome.robot, robot=outcome.robot, **shown)
    return with_retry_after(_page(request, form, wait=wait_text(outcome.wait), status=429), outcome.wait)


def _page(request: HttpRequest, form: SigninForm, *, status: int = 200, **said: object) -> HttpResponse:
    """`said`: refused, wait, robot, key_refused, and the picture."""
    visit, wanted = visit_of(request), wanted_page(request)
    first = wanted == reverse("accounts:first-signin")
    if first:
        form.ask_for_letter()
    context = {
        "form": form,
        "next": wanted,
        "in_place": _stays_here(wanted),
        "first": first,
        "key_options": passkeys.request_options(None, timezone.now()),
        "ended": visit.ended if request.method == "GET" else None,
        "idle": idle_text(visit.idle_limit) if visit.idle_limit else "",
        "left": "fin" in request.GET,
        "opened": "fin" in request.GET and ended_session_hash(request),
        "too_late": "expire" in request.GET,
        "kept": wanted.startswith(reverse("accounts:kept-form", args=["0" * 32])[:-33]),
    }
    response = render(request, "accounts/signin/signin.html", context | said, status=status)
    response.headers["Cache-Control"] = "no-store"  # mail may take its place: Back must not bring it out of memory
    return response


def _stays_here(wanted: str) -> bool:
    """The page that follows can take this one's place. An application's own may lead to another site."""
    return not wanted or any(wanted.startswith(reverse(name)) for name in ("webmail:home", "portal:home"))
