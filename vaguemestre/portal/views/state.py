from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.portal import maintenance_parts, service_state
from vaguemestre.portal.access import sees_findings
from vaguemestre.web.findings import all_findings
from vaguemestre.web.htmx import is_htmx

FINDINGS = "exploitation"  # in the query


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """The whole page; the one sentence that other pages ask for; or, for administrators, the same as `vaguemestre
    check`, which takes a moment: the page asks for it when it is there."""
    now, watcher = timezone.now(), sees_findings(request)
    findings = all_findings(now) if watcher and FINDINGS in request.GET else None
    if is_htmx(request) and findings is not None:
        return render(request, "portal/state.html#findings", {"findings": findings})
    template = "portal/state.html#summary" if is_htmx(request) else "portal/state.html"
    state = maintenance_parts.with_maintenance(service_state.service_state(now), now)
    return render(request, template, {"state": state, "watcher": watcher, "findings": findings})
