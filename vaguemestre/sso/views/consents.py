"""What one has let applications read, and how it is taken back."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.sso import access
from vaguemestre.sso.claims import SCOPES
from vaguemestre.sso.openid import consents


@require_safe
@signed_in
def listed(request: StaffRequest) -> HttpResponse:
    lines = [
        (consent, [words for scope, words in SCOPES.items() if scope in consent.scopes])
        for consent in consents.consents_of(request.account)
    ]
    context = {"section": "account", "lines": lines, "withdrawn": request.GET.get("retrait")}
    return render(request, "sso/consents.html", context)


@require_POST
@signed_in
def withdrawal(request: StaffRequest, number: int) -> HttpResponse:
    consents.withdraw_consent(access.consent_of(request.account, number), now=timezone.now())
    return HttpResponseRedirect(f"{reverse('sso:consents')}?retrait=1")
