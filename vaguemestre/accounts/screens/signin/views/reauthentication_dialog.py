"""Signing in again on an open page, in a dialog: what is being written on it stays. For the same person only."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.factors.factor_state import Kind
from vaguemestre.accounts.models import Account, PendingSignIn
from vaguemestre.accounts.sessions import page_owner
from vaguemestre.accounts.sessions.current_session import visit_of
from vaguemestre.accounts.signin import captcha_step, completion, pending_signin
from vaguemestre.accounts.signin.attempt import SigninOutcome
from vaguemestre.accounts.signin.second_factor_page import check_answer, factor_choices
from vaguemestre.accounts.signin.signin_form import SigninForm
from vaguemestre.accounts.signin.sms_request import send_text, send_text_if_alone


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Asked for by the page itself: by hand there is only the ordinary sign-in."""
    if not page_owner.names_owner(request):
        return HttpResponseRedirect(reverse("accounts:signin"))
    if session := visit_of(request).session:  # back already, in another window
        if not page_owner.is_owner(request, session.account):
            return _part(request, "somebody-else")
        return _part(request, "factor-due" if session.owes_factor else "late")
    if request.method != "POST":
        return _part(request, "secret", form=SigninForm(initial={"identifiant": _name_of_owner(request)}))
    form, now = SigninForm(request.POST), timezone.now()
    if not form.is_valid():
        return _part(request, "secret", form=form)
    outcome = captcha_step.try_captcha(request, form.cleaned_data["identifiant"], form.cleaned_data["secret"], now=now)
    if outcome.account is None:
        return _refused(request, form, outcome)
    if not page_owner.is_owner(request, outcome.account):
        return _part(request, "somebody-else")
    return _good(request, form, outcome, outcome.account, now)


@sensitive_post_parameters("code", "cle")
@require_POST
def again_second_factor(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    owed = pending_signin.current_pending(request, PendingSignIn.Owes.FACTOR, now=now)
    if owed is None or not page_owner.is_owner(request, owed.account):
        return _part(request, "secret", form=SigninForm(), too_late=True)
    if wait := pending_signin.must_wait(request, owed, now=now):
        said = _part(request, "factor", factor_choices(owed.account, now), wait=wait_text(wait), status=429)
        return with_retry_after(said, wait)
    way = check_answer(request, owed, now)
    if way is None:
        if owed.failures >= pending_signin.TRIES:
            return _part(request, "secret", form=SigninForm(), too_late=True)
        return _part(request, "factor", factor_choices(owed.account, now), refused=True)
    if not completion.end_step(request, owed, now=now):
        return _part(request, "secret", form=SigninForm(), too_late=True)
    response = _back(
        request, owed.account, shared_computer=owed.shared_computer, strong=True, by_text=way == Kind.TEXT, now=now
    )
    pending_signin.forget_pending(response)
    return response


@require_POST
def again_text_message(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    owed = pending_signin.current_pending(request, PendingSignIn.Owes.FACTOR, now=now)
    if owed is None or not page_owner.is_owner(request, owed.account):
        return _part(request, "secret", form=SigninForm(), too_late=True)
    said = send_text(request, owed.account, now)
    return _part(request, "factor", factor_choices(owed.account, now), text_said=said)


def _good(
    request: HttpRequest, form: SigninForm, outcome: SigninOutcome, account: Account, now: datetime
) -> HttpResponse:
    shared_computer = form.cleaned_data["partage"]
    if outcome.owes in {PendingSignIn.Owes.ENROL, PendingSignIn.Owes.NEXT_CODE} or account.first_signin_due:
        return _part(request, "elsewhere")  # a longer way, in a window of its own; this page waits
    if outcome.owes is None:
        return _back(request, account, shared_computer=shared_computer, strong=outcome.strong, now=now)
    send_text_if_alone(request, account, now)
    response = _part(request, "factor", factor_choices(account, now))
    pending_signin.begin_pending(
        response, account, outcome.owes, shared_computer=shared_computer, wanted="", line=outcome.line, now=now
    )
    return response


def _back(
    request: HttpRequest, account: Account, *, shared_computer: bool, strong: bool, now: datetime, by_text: bool = False
) -> HttpResponse:
    """The cookies first: the page receives the anti-forgery token that goes with them."""
    cookies = HttpResponse()
    ways_in = {"strong": strong, "by_text": by_text}
    if not completion.enter_session(request, cookies, account, shared_computer=shared_computer, now=now, **ways_in):
        return _part(request, "secret", form=SigninForm(), too_late=True)
    response = _part(request, "back")
    response.cookies.update(cookies.cookies)
    return response


def _refused(request: HttpRequest, form: SigninForm, outcome: SigninOutcome) -> HttpResponse:
    form.mark_refused()
    if outcome.wait is None:
        shown = captcha_step.captcha_context(request, outcome, now=timezone.now())
        return _part(request, "secret", shown, form=form, refused=not outcome.robot, robot=outcome.robot)
    words = wait_text(outcome.wait)
    return with_retry_after(_part(request, "secret", form=form, wait=words, status=429), outcome.wait)


def _name_of_owner(request: HttpRequest) -> str:
    owner = page_owner.last_account(request)
    return owner.identifier if owner and page_owner.is_owner(request, owner) else ""


def _part(
    request: HttpRequest, name: str, held: dict[str, object] | None = None, *, status: int = 200, **said: object
) -> HttpResponse:
    """`held`: `factor_choices`, or the picture. `said`: refused, wait, robot, too_late, form."""
    return render(request, f"accounts/signin/reauthentication_dialog.html#{name}", (held or {}) | said, status=status)
