"""The page of taking one's mail along: the only one that a leaver opens, and open to everybody before."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.lifecycle import transfer
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in
from vaguemestre.exports import export_jobs, leaver_status
from vaguemestre.exports.access import latest_of
from vaguemestre.exports.forms import NewAddressForm


@require_safe
@signed_in
def leaving(request: StaffRequest) -> HttpResponse:
    initial = {"new_address": transfer.new_address_of(request.account)}
    return _page(request, NewAddressForm(initial=initial))


@require_POST
@signed_in
@freshly_proved
def new_address(request: StaffRequest) -> HttpResponse:
    form = NewAddressForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    transfer.agree_transfer(request.account, form.cleaned_data["new_address"], now=timezone.now())
    return redirect("exports:leaving")


@require_POST
@signed_in
def new_address_withdrawal(request: StaffRequest) -> HttpResponse:
    transfer.withdraw_transfer(request.account)
    return redirect("exports:leaving")


def _page(request: StaffRequest, form: NewAddressForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "section": "account", "form": form, "now": now, "export": latest_of(request.account),
        "stage": leaver_status.leaver_stage(request.account, now), "given": transfer.new_address_of(request.account),
        "limit_mb": academy().mail.quota_mb, "kept_days": export_jobs.KEPT.days,
        "office": notices.office_of(request.account),
    }  # fmt: skip
    return render(request, "exports/leaving.html", context, status=status)
