"""Asking for a key, and deciding about those who ask."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.models import OtpKey, OtpRequest
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.otp import requests
from vaguemestre.accounts.otp.forms import DecisionForm, RequestForm
from vaguemestre.accounts.otp.key_lifecycle import KeyStateError
from vaguemestre.accounts.otp.page_messages import ANSWERS
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.people.functions import Role, roles
from vaguemestre.people.namesakes import tell_apart


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask(request: StaffRequest) -> HttpResponse:
    account, now = request.account, timezone.now()
    today = timezone.localdate(now)
    if requests.open_request(account):
        return HttpResponseRedirect(reverse("accounts:otp"))
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            requests.ask_for_key(
                account, carrier=OtpKey.Carrier(facts["support"]), motive=OtpRequest.Motive(facts["motif"]),
                reason=facts["raison"], now=now, today=today,
            )  # fmt: skip
        except requests.AlreadyAskedError:
            return HttpResponseRedirect(reverse("accounts:otp"))  # pressed twice
        return HttpResponseRedirect(f"{reverse('accounts:otp')}?fait=demandee")
    heads = requests.heads_of(account, today=today)
    context = {"section": "account", "form": form, "heads": heads, "office": notices.office_of(account)}
    return render(request, "accounts/otp/request.html", context)


@require_POST
@signed_in
def withdraw(request: StaffRequest) -> HttpResponse:
    asked = requests.open_request(request.account)
    if asked is None:
        return HttpResponseRedirect(reverse("accounts:otp"))
    try:
        requests.withdraw_request(asked, now=timezone.now())
    except KeyStateError:
        return HttpResponseRedirect(f"{reverse('accounts:otp')}?fait=trop-tard")
    return HttpResponseRedirect(f"{reverse('accounts:otp')}?fait=retiree")


@require_safe
@signed_in
def decisions(request: StaffRequest) -> HttpResponse:
    return _decisions(request, None, None)


@require_POST
@signed_in
def decide(request: StaffRequest, number: int) -> HttpResponse:
    """One's own people only: anybody else's request does not exist."""
    mine = requests.to_decide_by(request.account, today=timezone.localdate())
    asked = next((one for one in mine if one.pk == number), None)
    if asked is None:
        known = OtpRequest.objects.filter(pk=number, decided_by=request.account).exists()
        if known:  # pressed twice
            return HttpResponseRedirect(f"{reverse('accounts:otp-decisions')}?fait=trop-tard")
        raise Http404
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _decisions(request, asked, form)
    approved = form.cleaned_data["accord"] == "oui"
    try:
        requests.decide_request(
            asked, approved=approved, word=form.cleaned_data["mot"], by=request.account, now=timezone.now()
        )
    except KeyStateError:
        return HttpResponseRedirect(f"{reverse('accounts:otp-decisions')}?fait=trop-tard")
    return HttpResponseRedirect(f"{reverse('accounts:otp-decisions')}?fait={'accordee' if approved else 'refusee'}")


def _decisions(request: StaffRequest, refused: OtpRequest | None, form: DecisionForm | None) -> HttpResponse:
    today = timezone.localdate()
    if Role.SCHOOL_HEAD not in roles(request.account.person, today=today):
        raise Http404
    waiting = requests.to_decide_by(request.account, today=today)
    decided = OtpRequest.objects.filter(decided_by=request.account).select_related("account__person", "key")
    decided = decided.order_by("-decided_at")[:20]
    tell_apart(asked.account.person for asked in (*waiting, *decided))
    rows = [
        (asked, form if form and asked == refused else DecisionForm(auto_id=f"d{asked.pk}_%s")) for asked in waiting
    ]
    context = {
        "section": "decisions",
        "now": timezone.now(),
        "rows": rows,
        "decided": decided,
        "done": ANSWERS.get(request.GET.get("fait", "")),
    }
    return render(request, "accounts/otp/decisions.html", context)
