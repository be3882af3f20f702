"""Campaigns: the HR officers open, change and close them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.career.decorators import officers_only
from vaguemestre.career.models import Campaign
from vaguemestre.career.request import OfficerRequest
from vaguemestre.career.requests import access, campaigns, status_text
from vaguemestre.career.requests.campaign_form import CampaignForm, first_values

HEADING = "desk-requests"


@require_safe
@officers_only
def shelf(request: OfficerRequest) -> HttpResponse:
    now = timezone.now()
    rows = [
        (
            one,
            status_text.deadline_text(one, now),
            campaigns.is_open(one, now),
            campaigns.may_change(request.officer, one),
        )
        for one in campaigns.campaigns_for_officer(request.officer)[:100]
    ]
    return render(request, "career/desk-campaigns.html", {"heading": HEADING, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def new(request: OfficerRequest) -> HttpResponse:
    form = CampaignForm(request.POST if request.method == "POST" else None, officer=request.officer)
    if request.method == "POST" and form.is_valid():
        campaigns.open_campaign(request.officer, form.cleaned_data)
        return redirect("career:desk-campaigns")
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def edit(request: OfficerRequest, pk: int) -> HttpResponse:
    found = access.campaign_for(request.officer, pk)
    form = CampaignForm(
        request.POST if request.method == "POST" else None, officer=request.officer, initial=first_values(found)
    )
    del form.fields["kind"]  # requests of that kind may hang on it
    if request.method == "POST" and form.is_valid():
        campaigns.change_campaign(found, request.officer, form.cleaned_data)
        return redirect("career:desk-campaigns")
    return _form(request, form, found)


@require_POST
@officers_only
def closing(request: OfficerRequest, pk: int) -> HttpResponse:
    campaigns.close_campaign(access.campaign_for(request.officer, pk), request.officer, now=timezone.now())
    return redirect("career:desk-campaigns")


def _form(request: OfficerRequest, form: CampaignForm, found: Campaign | None) -> HttpResponse:
    now = timezone.now()
    context = {
        "heading": HEADING, "form": form, "campaign": found, "open": bool(found and campaigns.is_open(found, now)),
        "deadline": status_text.deadline_text(found, now) if found else "",
    }  # fmt: skip
    return render(request, "career/desk-campaign.html", context, status=422 if request.method == "POST" else 200)
