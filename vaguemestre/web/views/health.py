"""For the supervisor and for what stands in front: is the process alive, and can it serve? And figures."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.web import health_checks, metrics as service_metrics
from vaguemestre.web.forwarding import is_from_this_machine


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked, so that a slow database never gets a healthy process killed."""
    return JsonResponse({"alive": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    results = health_checks.run_checks()
    answer: dict[str, object] = {"ready": all(check.answers for check in results)}
    if is_from_this_machine(request):
        answer["parts"] = {check.part: "ok" if check.answers else check.detail for check in results}
    return JsonResponse(answer, status=200 if answer["ready"] else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, asked on this machine; for anybody else there is no such page."""
    if not is_from_this_machine(request):
        raise Http404("metrics")
    return HttpResponse(
        service_metrics.metrics_text(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8"
    )
