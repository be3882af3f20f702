from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import administrators_only, signed_in
from vaguemestre.operations.service_day import service_day
from vaguemestre.web.htmx import is_htmx

REFRESH = "live"  # in the query: the page asks for its parts again


@require_safe
@signed_in
@administrators_only
def today(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    part = "#day" if is_htmx(request) and REFRESH in request.GET else ""
    return render(request, f"operations/today.html{part}", {"day": service_day(now), "now": now, "section": "today"})
