"""Lost password, on the bureau virtuel. Whatever is typed, the same page, and the same work."""

import re
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.accounts import captcha
from vaguemestre.accounts.attempts.network_limit import AN_HOUR, ASKED_AN_HOUR, TEN_MINUTES, within_limit
from vaguemestre.accounts.attempts.retry_after import with_retry_after
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lost_password.lost_password_form import LostPasswordForm
from vaguemestre.accounts.lost_password.request_intake import NUMBER, take_request
from vaguemestre.accounts.lost_password.sealed_input import SealedInput, unseal_input
from vaguemestre.accounts.rescue_change.forms import ResetCodeForm
from vaguemestre.courier import sms

TRIES_IN_TEN_MINUTES, WITHOUT_DIGITS_AN_HOUR = 60, 5  # a network
HELPED_AFTER = 2  # failures at the digits


@sensitive_post_parameters("numen", "jour", "mois", "annee", "garde", "chiffres")
@require_http_methods(["GET", "HEAD", "POST"])
def lost_password(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, LostPasswordForm(today=today(timezone.now())))
    form = LostPasswordForm(request.POST, today=today(timezone.now()))
    typed = _typed(request, form)
    if typed is None:
        return _page(request, form)
    if not within_limit(request, "reset-try", TRIES_IN_TEN_MINUTES, TEN_MINUTES):
        return _too_many(request, typed, TEN_MINUTES)
    if "sans" in request.POST:
        return _asked(request, typed, by_desk=True)
    if not captcha.solve(request.POST.dict(), now=timezone.now()):
        return _page(request, form, typed, failures=_failures(request) + 1)
    return _asked(request, typed, by_desk=False)


@require_safe
def asked(request: HttpRequest, number: str) -> HttpResponse:
    return _said(request, number, by_desk=False)


@require_safe
def asked_desk(request: HttpRequest, number: str) -> HttpResponse:
    """For whoever asked without the digits: no link, a person."""
    return _said(request, number, by_desk=True)


def _asked(request: HttpRequest, typed: SealedInput, *, by_desk: bool) -> HttpResponse:
    """Without the digits, few times: nothing else stands between a robot and the agents' queue."""
    limit = WITHOUT_DIGITS_AN_HOUR if by_desk else ASKED_AN_HOUR
    if not within_limit(request, "reset-desk" if by_desk else "reset-ask", limit, AN_HOUR):
        return _too_many(request, typed, AN_HOUR)
    number = take_request(typed.numen, typed.birth_date, by_desk=by_desk, now=timezone.now())
    page = "accounts:lost-password-desk" if by_desk else "accounts:lost-password-asked"
    return HttpResponseRedirect(reverse(page, args=[number]))


def _said(request: HttpRequest, number: str, *, by_desk: bool) -> HttpResponse:
    """The address says it all; the number is not looked up, here nor anywhere on this side."""
    if not re.fullmatch(NUMBER, number):
        raise Http404("number")
    form = ResetCodeForm(initial={"demande": number}) if sms.is_sms_offered() else None
    return render(
        request, "accounts/lost_password/lost_password_sent.html", {"number": number, "by_desk": by_desk, "form": form}
    )


def _typed(request: HttpRequest, form: LostPasswordForm) -> SealedInput | None:
    if kept := request.POST.get("garde"):
        return unseal_input(kept, timezone.now())
    if form.is_valid() and form.birth_date:
        return SealedInput(form.cleaned_data["numen"], form.birth_date)
    return None


def _failures(request: HttpRequest) -> int:
    """How often the digits were missed on this page: it only decides what help is shown."""
    counted = request.POST.get("essais", "0")
    return int(counted) if counted in {"0", "1", "2"} else HELPED_AFTER


def _too_many(request: HttpRequest, typed: SealedInput, wait: timedelta) -> HttpResponse:
    form = LostPasswordForm(today=today(timezone.now()))
    return with_retry_after(_page(request, form, typed, failures=HELPED_AFTER, wait=wait, status=429), wait)


def _page(
    request: HttpRequest,
    form: LostPasswordForm,
    typed: SealedInput | None = None,
    *,
    failures: int = 0,
    wait: timedelta | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "form": form,
        "boxes": [form["jour"], form["mois"], form["annee"]],
        "kept": typed.sealed(now) if typed else "",
        "numen": typed.numen.masked if typed else "",
        "challenge": captcha.new_challenge(now=now),
        "captcha_wrong": failures > 0 and wait is None,
        "failures": failures,
        "helped": failures >= HELPED_AFTER,
        "an_hour": wait == AN_HOUR,
        "wait": wait,
        "texts": sms.is_sms_offered(),
    }
    response = render(request, "accounts/lost_password/lost_password.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
