"""What there is to see: what people reported, what was looked for, and how far each is."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import prove_first, signed_in
from vaguemestre.audit import journal
from vaguemestre.web import toasts
from vaguemestre.withdrawals import csv_export, reports, withdrawal_status
from vaguemestre.withdrawals.access import administrators_only, withdrawal_named
from vaguemestre.withdrawals.models import Withdrawal

SHOWN = 30


@require_safe
@signed_in
@administrators_only
def page(request: StaffRequest) -> HttpResponse:
    rows = Withdrawal.objects.order_by("-ordered_at", "key")[:SHOWN]
    return _said(
        request, "withdrawals/page.html", {"section": "withdrawals", "reports": reports.waiting_reports(), "rows": rows}
    )


@require_safe
@signed_in
@administrators_only
def withdrawal(request: StaffRequest, key: str) -> HttpResponse:
    return _said(request, "withdrawals/withdrawal.html", withdrawal_status.withdrawal_context(withdrawal_named(key)))


@require_safe
@signed_in
@administrators_only
def state(request: StaffRequest, key: str) -> HttpResponse:
    """What an open page asks for while a walk is under way."""
    return render(request, "withdrawals/state.html", withdrawal_status.withdrawal_context(withdrawal_named(key)))


@require_safe
@signed_in
@administrators_only
def people(request: StaffRequest, key: str) -> HttpResponseBase:
    """Who had read it, as a table to call by."""
    found = withdrawal_named(key)
    if answer := prove_first(request, reverse("withdrawals:withdrawal", args=[key])):
        return answer
    journal.record(request.account.key, "list.exported", f"withdrawal:{key[:8]}")
    response = StreamingHttpResponse(csv_export.csv_chunks(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="a-appeler-{key[:8]}.csv"'
    return response


def _said(request: StaffRequest, template: str, context: dict[str, object]) -> HttpResponse:
    toast = toasts.read(request)
    response = render(request, template, {**context, "toast": toast})
    if toast:
        toasts.forget(response)
    return response
