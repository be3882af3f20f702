"""Pages that are only read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.courier import sms
from vaguemestre.portal import accessibility_score


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html", {"texts": sms.is_sms_offered()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html", {"assessment": accessibility_score.LAST})
