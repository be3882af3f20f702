"""What the pages that add and withdraw a second factor share."""

from django.http import HttpResponse
from django.shortcuts import render

from vaguemestre.accounts.models import TextFactor
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.request import StaffRequest

ANCHOR = "connexion"  # of the page My account


def removal_page(request: StaffRequest, what: str, instead: str, *, last: bool) -> HttpResponse:
    """`last`: their role needs one, so that it cannot go before another is there."""
    account = request.account
    held = [*account.passkeys.all(), *account.totps.filter(confirmed_at__isnull=False)]
    held += TextFactor.objects.filter(account=account)
    context = {"what": what, "instead": instead, "last": last, "only": len(held) == 1}
    return render(request, "accounts/factors/removal.html", page_context(request) | context)


def page_context(request: StaffRequest) -> dict[str, object]:
    return {"section": "account", "office": notices.office_of(request.account)}
