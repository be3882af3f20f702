"""The list of the settings, their first visit, and the sentence that Mon compte shows."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import standing
from vaguemestre.webmail.views.settings.page import ORDER, show


@require_safe
@signed_in
def home(request: StaffRequest) -> HttpResponse:
    return show(request, "home", {})


@require_safe
@signed_in
def welcome(_request: StaffRequest) -> HttpResponse:
    """From the first sign-in: one page after the other, then back to it."""
    return HttpResponseRedirect(f"{reverse(f'webmail:{ORDER[0]}')}?premiere=1")


@require_safe
@signed_in
def tile(request: StaffRequest) -> HttpResponse:
    """A fragment for another room's page."""
    now = timezone.now()
    return render(
        request, "webmail/settings/tile.html", {"said": standing.sentence(standing.of(request.account, now), now)}
    )
