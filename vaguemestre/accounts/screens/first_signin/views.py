"""The path of the first sign-in. Each step is a page of its own; the entry leads to the one that comes next."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.charter import acceptance
from vaguemestre.accounts.charter.document import charter_blocks
from vaguemestre.accounts.first_signin import path as first_signin_path
from vaguemestre.accounts.first_signin.path import PathStep
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.password_change import change
from vaguemestre.accounts.password_change.new_password_form import NewPasswordForm
from vaguemestre.accounts.passwords.policy import PolicyFailure
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.rescue_change.occasion import Occasion, address_page, code_page, resend_code
from vaguemestre.accounts.rescue_change.phone_occasion import phone_code_page, resend_phone_code
from vaguemestre.accounts.sessions import page_owner
from vaguemestre.accounts.sessions.decorators import freshly_proved, sign_in_again, staff_request, stop_response
from vaguemestre.accounts.signin.next_page import forget_wanted_page, keep_wanted_page, kept_page

type StepView = Callable[[StaffRequest], HttpResponseBase]


def step(which: PathStep) -> Callable[[StepView], Callable[[HttpRequest], HttpResponseBase]]:
    """As `signed_in`, but that a stranger is asked for the letter; what is not reached yet, or not asked of this
    person, leads to what is."""

    def decorated(view: StepView) -> Callable[[HttpRequest], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponseBase:
            staff = staff_request(request)
            if staff is None:
                return sign_in_again(request) if page_owner.names_owner(request) else _onwards()
            if stop := stop_response(staff, on_the_path=True):
                return stop
            if not _reached(staff, which):
                return _onwards()
            response = view(staff)
            keep_wanted_page(request, response, staff.account)
            return response

        return guarded

    return decorated


@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """The letter sends people here: a stranger signs in first, with what the letter says."""
    staff = staff_request(request)
    if staff is None:
        here = reverse("accounts:first-signin")
        return HttpResponseRedirect(f"{reverse('accounts:signin')}?{urlencode({'next': here})}")
    following = first_signin_path.next_step(staff.account)
    if following is None:
        return _arrived(staff)
    response = HttpResponseRedirect(following.url)
    keep_wanted_page(request, response, staff.account)
    return response


@sensitive_post_parameters("neuf", "encore")
@require_http_methods(["GET", "HEAD", "POST"])
@step(PathStep.PASSWORD)
def password(request: StaffRequest) -> HttpResponse:
    """Chosen already, in another tab or before a pause: the page says so, and what is typed again changes nothing."""
    account = request.account
    if account.password_kind == account.PasswordKind.OWN:
        if request.method == "POST":
            return _onwards()
        return _page(request, PathStep.PASSWORD, "accounts/first_signin/first_password_chosen.html", {})
    form = NewPasswordForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change.choose_password(account, form.cleaned_data["neuf"], now=timezone.now(), keep=request.session_record)
        return _onwards()
    context = {
        "form": form, "rules": list(PolicyFailure), "least": academy().passwords.minimum_length,
        "judge": reverse("accounts:password-rules"),
    }  # fmt: skip
    return _page(request, PathStep.PASSWORD, "accounts/first_signin/first_password.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@step(PathStep.CHARTER)
def accept_charter(request: StaffRequest) -> HttpResponse:
    """Only the version that was on the screen is accepted."""
    account, version = request.account, academy().charter.version
    changed = False
    if request.method == "POST":
        if not acceptance.is_charter_due(account):
            return _onwards()
        if request.POST.get("version") == version:
            acceptance.accept_charter(account, now=timezone.now())
            return _onwards()
        changed = True
    context = {
        "blocks": charter_blocks(), "version": version, "due": acceptance.is_charter_due(account), "changed": changed,
        "again": account.charter_accepted_at is not None,
    }  # fmt: skip
    return _page(request, PathStep.CHARTER, "accounts/first_signin/charter_step.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@step(PathStep.RESCUE)
@freshly_proved
def rescue_contact(request: StaffRequest) -> HttpResponse:
    return address_page(request, _on_the_path(request))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@step(PathStep.RESCUE)
@freshly_proved
def rescue_code(request: StaffRequest) -> HttpResponse:
    return code_page(request, _on_the_path(request))


@require_POST
@step(PathStep.RESCUE)
@freshly_proved
def rescue_resending(request: StaffRequest) -> HttpResponse:
    return resend_code(request, _on_the_path(request))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@step(PathStep.RESCUE)
@freshly_proved
def rescue_phone_code(request: StaffRequest) -> HttpResponse:
    return phone_code_page(request, _on_the_path(request))


@require_POST
@step(PathStep.RESCUE)
@freshly_proved
def rescue_phone_resending(request: StaffRequest) -> HttpResponse:
    return resend_phone_code(request, _on_the_path(request))


@require_POST
@step(PathStep.RESCUE)
def rescue_later(request: StaffRequest) -> HttpResponse:
    contact_change.put_off(request.account, now=timezone.now())
    return _onwards()


@require_http_methods(["GET", "HEAD", "POST"])
@step(PathStep.PERSONALISE)
def personalise(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        done = first_signin_path.finish_path(request.account, now=timezone.now())
        return _arrived(request) if done else _onwards()
    return _page(request, PathStep.PERSONALISE, "accounts/first_signin/personalise.html", {"seen": "vu" in request.GET})


def _reached(request: StaffRequest, which: PathStep) -> bool:
    """Done steps may be looked at again until the path ends; later ones wait for those before them."""
    following = first_signin_path.next_step(request.account)
    steps = [standing.step for standing in first_signin_path.path_of(request.account)]
    return following is not None and which in steps and steps.index(which) <= steps.index(following)


def _onwards() -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:first-signin"))


def _arrived(request: StaffRequest) -> HttpResponse:
    response = HttpResponseRedirect(kept_page(request, request.account))
    forget_wanted_page(response)
    return response


def _on_the_path(request: StaffRequest) -> Occasion:
    entry_page = reverse("accounts:first-signin")
    extra = _context(request, PathStep.RESCUE)
    return Occasion("first-rescue", "accounts/first_signin/path.html", extra, entry_page, entry_page, puts_off=True)


def _page(request: StaffRequest, which: PathStep, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, {**_context(request, which), **context})


def _context(request: StaffRequest, which: PathStep) -> dict[str, object]:
    path = first_signin_path.path_of(request.account)
    return {
        "path": path,
        "current": next((standing for standing in path if standing.step is which), None),
        "office": notices.office_of(request.account),
    }
