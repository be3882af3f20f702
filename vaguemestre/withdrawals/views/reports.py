"""What people reported and an administrator finds harmless."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.withdrawals import reports
from vaguemestre.withdrawals.access import administrators_only


@require_POST
@signed_in
@administrators_only
def harmless(_request: StaffRequest, digest: str) -> HttpResponse:
    reports.judge_report(reports.reported_message(digest).digest, timezone.now())
    said = _("Found harmless. It comes up again if somebody else reports it.")
    return toasts.redirect(
        reverse("withdrawals:withdrawals"), Toast(said, undo=digest, undo_at="withdrawals:not-harmless")
    )


@require_POST
@signed_in
@administrators_only
def not_harmless(request: StaffRequest) -> HttpResponse:
    reports.reopen_report(request.POST.get("fait", "")[:32])
    return toasts.redirect(reverse("withdrawals:withdrawals"), Toast(_("It is in the list again.")))
