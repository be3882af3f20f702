"""The page that a reset link opens. The link itself is put away at once: no address, no log and no page repeats it."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.lost_password import reset_links
from vaguemestre.accounts.lost_password.reset_page import COOKIE, forget_link, keep_link, unkept_response
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import ResetLink
from vaguemestre.accounts.password_change import live_check
from vaguemestre.accounts.password_change.change_form import PasswordChangeForm
from vaguemestre.accounts.passwords.policy import PolicyFailure

ASKS = 300  # a stop of the fingers each: more is no person


@sensitive_post_parameters("neuf", "encore")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """A machine that follows links in mails changes nothing: only the form does."""
    if request.method != "POST" and reset_links.FIELD in request.GET:
        return keep_link(request.GET[reset_links.FIELD])
    now = timezone.now()
    link = reset_links.read_link(request.COOKIES.get(COOKIE, ""), now=now)
    if link is None:
        return _too_late(request)
    form = PasswordChangeForm(link.account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _changed(request, link, form, now)
    context = {
        "form": form, "account": link.account, "rules": list(PolicyFailure),
        "least": academy().passwords.minimum_length, "judge": reverse("accounts:new-password-rules"),
        "programs": app_passwords.living_app_passwords(link.account).count(),
    }  # fmt: skip
    return unkept_response(render(request, "accounts/passwords/new_password_page.html", context))


@sensitive_post_parameters("neuf")
@require_POST
def new_password_rules(request: HttpRequest) -> HttpResponse:
    """While it is typed, for whoever holds a living link. A dead one, and one that asks without end, hear nothing."""
    now = timezone.now()
    link, verdict = reset_links.read_link(request.COOKIES.get(COOKIE, ""), now=now), live_check.SILENT
    if link is not None and rate_limit.take_one(
        "reset-rules", link.account_id, limit=ASKS, per=reset_links.LASTS, now=now
    ):
        verdict = live_check.judge_typed(link.account, request.POST.get("neuf", ""), proved=True, now=now)
    return unkept_response(JsonResponse(verdict.words))


@require_safe
def new_password_done(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/passwords/new_password_done.html")


def _changed(request: HttpRequest, link: ResetLink, form: PasswordChangeForm, now: datetime) -> HttpResponse:
    """Nobody is signed in by it: the sign-in page asks for the password, and for a second factor as before."""
    facts = form.cleaned_data
    if not reset_links.use_link(link, facts["neuf"], with_programs=facts["programmes"], now=now):
        return _too_late(request)
    return forget_link(HttpResponseRedirect(reverse("accounts:new-password-done")))


def _too_late(request: HttpRequest) -> HttpResponse:
    return unkept_response(forget_link(render(request, "accounts/passwords/reset_link_expired.html", status=410)))
