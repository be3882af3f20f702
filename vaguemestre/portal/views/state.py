from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.portal import maintenance_parts, service_state
from vaguemestre.portal.access import sees_findings
from vaguemestre.web.htmx import is_htmx


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """The whole page, or the one sentence that other pages ask for."""
    now = timezone.now()
    template = "portal/state.html#summary" if is_htmx(request) else "portal/state.html"
    state = maintenance_parts.with_maintenance(service_state.service_state(now), now)
    return render(request, template, {"state": state, "watcher": sees_findings(request)})
