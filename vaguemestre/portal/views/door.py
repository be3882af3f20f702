"""The intranet's door, and what lies behind it. It opens the same session as the portal's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest


@require_safe
def intranet(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/intranet.html")


@require_safe
@signed_in
def tools(request: StaffRequest) -> HttpResponse:
    return render(request, "portal/tools.html", {"section": "intranet"})
