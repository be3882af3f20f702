"""Bureau virtuel: what to do when it does not work, and whom to call."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def bureau(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html", {"section": "help"})


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """What a mail program asks for. The names and the ports are those that this installation really listens on."""
    context = {"section": "help", "reading": settings.MAIL["imaps"], "sending": settings.MAIL["smtps"]}
    return render(request, "portal/programs.html", context)
