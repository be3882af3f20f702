"""Conversations or messages: how a person's lists are arranged."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail.access import way_back
from vaguemestre.webmail.models import Preferences

FLAT = "messages"


@require_POST
@signed_in
def list_mode(request: StaffRequest) -> HttpResponse:
    chosen = {"flat_list": request.POST.get("liste") == FLAT, "changed_at": timezone.now()}
    Preferences.objects.update_or_create(account=request.account, defaults=chosen)
    return HttpResponseRedirect(way_back(request, reverse("webmail:home")))
