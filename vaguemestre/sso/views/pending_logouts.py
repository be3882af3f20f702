"""For administrators: which applications have not heard yet that sessions ended, and why."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import administrators_only, signed_in
from vaguemestre.sso import access
from vaguemestre.sso.logout import logout_notifications


@require_safe
@signed_in
@administrators_only
def waiting(request: StaffRequest) -> HttpResponse:
    return render(
        request, "sso/waiting.html", {"section": "maintenance", "rows": logout_notifications.by_application()}
    )


@require_POST
@signed_in
@administrators_only
def again(request: StaffRequest, slug: str) -> HttpResponse:
    application = access.registered_application(slug)
    logout_notifications.try_now(application.pk, by=request.account.key, now=timezone.now())
    return HttpResponseRedirect(reverse("sso:waiting"))
