"""The list of the settings, their first visit, and the sentence that Mon compte shows."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail import presets, settings_index, standing, summary_text
from vaguemestre.webmail.standing import Standing
from vaguemestre.webmail.views.settings.page import ORDER, grouped_places, places, show


@require_safe
@signed_in
def home(request: StaffRequest) -> HttpResponse:
    """All the settings by groups; `q`: those that it names, which a page that is open asks for as one types."""
    typed = request.GET.get("q", "")[: settings_index.LONGEST]
    stands = standing.of(request.account, timezone.now())
    listed = places(stands)
    *groups, rare = grouped_places(listed)
    context = {
        "groups": groups, "rare": rare.places, "rare_open": _is_used(stands), "uses_keys": stands.display.uses_keys,
        "typed": typed, "found": settings_index.look(typed, listed),
    }  # fmt: skip
    if is_htmx(request):
        return render(request, "webmail/settings/found.html", context)
    return show(request, "home", context)


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
        request, "webmail/settings/tile.html", {"said": summary_text.sentence(standing.of(request.account, now), now)}
    )


def _is_used(stands: Standing) -> bool:
    """Something of what is folded is in force by choice or by the authority."""
    return stands.writes_otherwise or presets.stands_out(
        asks_receipts=stands.asks_receipts, answers_receipts=stands.answers_receipts,
        contact_images=stands.contact_images, uses_keys=stands.display.uses_keys,
    )  # fmt: skip
