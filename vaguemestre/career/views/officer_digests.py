"""How an HR officer wishes to hear of new requests."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from vaguemestre.career.decorators import officers_only
from vaguemestre.career.models import DeskNews
from vaguemestre.career.request import OfficerRequest
from vaguemestre.career.requests import officer_digests

Manner = DeskNews.Manner
HINTS = {
    Manner.SOON: _("One mail in half an hour at most, with the number of each kind."),
    Manner.MORNING: _("One mail on working days, at seven o’clock, when something has arrived."),
    Manner.NEVER: _("You look at the queue yourself."),
}


class NewsForm(forms.Form):
    manner = forms.ChoiceField(choices=Manner.choices)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def page(request: OfficerRequest) -> HttpResponse:
    form = NewsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        officer_digests.save_manner(request.account, Manner(form.cleaned_data["manner"]), now=timezone.now())
        return redirect("career:desk-requests")
    chosen = officer_digests.manner_of(request.account)
    choices = [(one, one.label, HINTS[one], one == chosen) for one in Manner]
    context = {"heading": "desk-requests", "choices": choices}
    return render(request, "career/desk-news.html", context, status=422 if request.method == "POST" else 200)
