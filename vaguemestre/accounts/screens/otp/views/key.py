"""The page of one's OTP key, and what its holder does with it."""

from collections.abc import Callable

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.accounts.attempts.client_address import client_address
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.models.otp import IN_USE
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.otp import activation, key_lifecycle
from vaguemestre.accounts.otp.forms import ActivationForm, NextCodeForm, PairForm
from vaguemestre.accounts.otp.holder import key_in_use, key_set_aside, lost_key
from vaguemestre.accounts.otp.page_messages import ANSWERS
from vaguemestre.accounts.otp.requests import heads_of, open_request
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in
from vaguemestre.accounts.signin import otp_attempt_limit
from vaguemestre.web.date_text import NBSP

State = OtpKey.State


@require_safe
@signed_in
def otp(request: StaffRequest) -> HttpResponse:
    account, now = request.account, timezone.now()
    asked = account.otp_requests.order_by("-asked_at").select_related("decided_by__person").first()
    context = {
        "section": "account",
        "now": now,
        "key": key_in_use(account),
        "set_aside": key_set_aside(account),
        "lost": lost_key(account),
        "asked": asked,
        "open": open_request(account),
        "heads": heads_of(account, today=timezone.localdate(now)) if asked and asked.state == asked.State.ASKED else [],
        **_whom(request),
        "done": ANSWERS.get(request.GET.get("fait", "")),
    }
    return render(request, "accounts/otp/key.html", context)


@sensitive_post_parameters("code", "pin", "encore")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def activate(request: StaffRequest) -> HttpResponse:
    """The code that the key shows, and a PIN; then the next code."""
    key, now = _key(request, State.HANDED, State.PIN_RESET), timezone.now()
    form = ActivationForm(request.account, key, request.POST or None)
    if request.method == "POST" and form.is_valid():
        right = _tried(
            request, form, "code", lambda: activation.begin_activation(key, form.cleaned_data["code"], now=now)
        )
        if right:
            activation.choose_pin(key, form.cleaned_data["pin"])
            return HttpResponseRedirect(reverse("accounts:otp-proof"))
    return _page(request, "activation", key, form)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def prove(request: StaffRequest) -> HttpResponse:
    key, now = _key(request, State.HANDED, State.PIN_RESET), timezone.now()
    if key.next_pin is None or not key.awaits(now):
        return HttpResponseRedirect(reverse("accounts:otp-activation"))
    form = NextCodeForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and _tried(request, form, "code", lambda: activation.prove_key(key, form.cleaned_data["code"], now=now)):
        return _back("activee")
    return _page(request, "proof", key, form)


@sensitive_post_parameters("premier", "second")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def put_right(request: StaffRequest) -> HttpResponse:
    """Two codes that follow each other."""
    key, now = _key(request, State.ACTIVE), timezone.now()
    form = PairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        first, second = form.cleaned_data["premier"], form.cleaned_data["second"]
        by = request.account.key
        if _tried(request, form, "second", lambda: activation.resynchronise(key, first, second, by=by, now=now)):
            return _back("reglee")
    return _page(request, "put_right", key, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def declare_lost(request: StaffRequest) -> HttpResponse:
    """A page, not a pop-up: what will happen, then the button."""
    key = _key(request, *IN_USE)
    if request.method == "POST":
        key_lifecycle.declare_lost(key, by=request.account.key, now=timezone.now(), keep=request.session_record)
        return _back("perdue")
    return _page(request, "loss", key, None)


def _key(request: StaffRequest, *states: OtpKey.State) -> OtpKey:
    """Somebody else's key, none, or one in another state: there is no such page."""
    key = key_in_use(request.account)
    if key is None or key.state not in states:
        raise Http404
    key.account = request.account
    return key


def _tried(request: StaffRequest, form: forms.Form, field: str, act: Callable[[], bool]) -> bool:
    """Slowed like a sign-in; a wrong code is counted and said."""
    now, typed = timezone.now(), form.cleaned_data[field]
    tried = otp_attempt_limit.count_otp_attempt(request.account, client_address(request), typed, act, now=now)
    if tried.wait:
        form.add_error(field, _("Too many tries. Start again in %(wait)s.") % {"wait": wait_text(tried.wait)})
    elif not tried.right:
        form.add_error(field, _("This code is not the right one, or has served already. Wait for the next one."))
    return tried.right


def _page(request: StaffRequest, name: str, key: OtpKey, form: forms.Form | None) -> HttpResponse:
    context = {"section": "account", "key": key, "form": form, **_whom(request)}
    return render(request, f"accounts/otp/{name}.html", context)


def _whom(request: StaffRequest) -> dict[str, object]:
    office = notices.office_of(request.account)
    return {"office": office, "phone": office.phone.replace(" ", NBSP)}


def _back(answer: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('accounts:otp')}?fait={answer}")
