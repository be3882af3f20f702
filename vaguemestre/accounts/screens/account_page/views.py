"""The page My account, and the small acts that stand on it."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.account_page.sections import sheets
from vaguemestre.accounts.charter.document import charter_blocks
from vaguemestre.accounts.identity.numen_disclosure import SHOWN_FOR, disclose_numen
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.page_messages import page_message
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in

LONGEST_NUMBER = 15  # digits: no table counts further


@require_safe
@signed_in
def account(request: StaffRequest) -> HttpResponse:
    context = {
        "section": "account",
        "sheets": sheets(request, timezone.now()),
        "unread": notices.unread_notices(request.account).count(),
        "has_rescue": bool(contact.confirmed_email(request.account) or contact.confirmed_phone(request.account)),
        "said": page_message(request),
    }
    return render(request, "accounts/account_page/account.html", context)


@require_safe
def charter(request: HttpRequest) -> HttpResponse:
    """Readable at any time, by anybody."""
    context = {"section": "account", "blocks": charter_blocks(), "version": academy().charter.version}
    return render(request, "accounts/charter/charter.html", context)


@require_POST
@signed_in
def notice_reading(request: StaffRequest, notice_id: int) -> HttpResponse:
    if not notices.mark_read(request.account, notice_id, now=timezone.now()):
        raise Http404
    return HttpResponseRedirect(f"{reverse('accounts:account')}#avis")


@require_POST
@signed_in
def notices_reading(request: StaffRequest) -> HttpResponse:
    newest = request.POST.get("jusque", "")
    if not newest.isdecimal() or len(newest) > LONGEST_NUMBER:
        raise Http404
    notices.mark_all_read(request.account, int(newest), now=timezone.now())
    return HttpResponseRedirect(f"{reverse('accounts:account')}#avis")


@require_POST
@signed_in
@freshly_proved
def numen(request: StaffRequest) -> HttpResponse:
    """Shown by the answer to an act, never by an address: no history and no cache brings it back."""
    shown = disclose_numen(request.account)
    if shown is None:
        raise Http404
    response = render(request, "accounts/account_page/numen.html", {"section": "account", "numen": shown})
    response.headers["Refresh"] = f"{SHOWN_FOR}; url={reverse('accounts:account')}"
    return response
