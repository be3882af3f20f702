"""The stock of OTP keys, what waits for the help desk, and the manufacturer's file."""

from datetime import datetime

from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.models import OtpKey, OtpRequest
from vaguemestre.accounts.models.otp import IN_USE
from vaguemestre.accounts.otp import pskc_file, requests, stock
from vaguemestre.accounts.otp.key_lifecycle import KeyStateError
from vaguemestre.accounts.roles.agent_scope import AgentRequest
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.otp.otp_access import keys_seen_by, request_to_act_on, requests_seen_by
from vaguemestre.helpdesk.otp.otp_forms import DecisionForm, ImportForm
from vaguemestre.helpdesk.otp.otp_page_messages import ANSWERS
from vaguemestre.people.namesakes import tell_apart

ROWS = 100
Asked = OtpRequest.State


@require_safe
@console_only
def otp(request: AgentRequest) -> HttpResponse:
    return _desk(request, timezone.now())


@require_POST
@console_only
def search(request: AgentRequest) -> HttpResponse:
    serial = request.POST.get("serial", "").strip()[:40]
    if keys_seen_by(request.agent).filter(serial=serial).exists():
        return HttpResponseRedirect(reverse("helpdesk:otp-key", args=[serial]))
    return HttpResponseRedirect(f"{reverse('helpdesk:otp')}?fait=inconnue")


@require_POST
@console_only
@freshly_proved(_("Decide about a request for a key"))
def decide(request: AgentRequest, number: int) -> HttpResponse:
    """For those who have no head above them; in the place of a head only with a word."""
    asked, now = request_to_act_on(request.agent, number), timezone.now()
    form = DecisionForm(request.POST)
    form.needs_word = bool(requests.heads_of(asked.account, today=timezone.localdate(now)))
    if not form.is_valid():
        return _desk(request, now, asked, form)
    approved = form.cleaned_data["approved"] == "yes"
    try:
        requests.decide_request(
            asked, approved=approved, word=form.cleaned_data["word"], by=request.agent.account, now=now
        )
    except KeyStateError:
        return HttpResponseRedirect(f"{reverse('helpdesk:otp')}?fait=trop-tard")
    return HttpResponseRedirect(f"{reverse('helpdesk:otp')}?fait={'accordee' if approved else 'refusee'}")


@sensitive_post_parameters("preshared", "passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
@console_only
@freshly_proved(_("Take in a manufacturer’s file"))
def import_file(request: AgentRequest) -> HttpResponse:
    """All or nothing, unless the bad keys are left out knowingly."""
    form = ImportForm(request.agent, request.POST or None, request.FILES or None)
    context: dict[str, object] = {"section": "otp", "form": form}
    if request.method == "POST" and form.is_valid():
        context |= _imported(request, form, timezone.now())
    return render(request, "helpdesk/otp-import.html", context)


def _imported(request: AgentRequest, form: ImportForm, now: datetime) -> dict[str, object]:
    facts = form.cleaned_data
    try:
        reading = pskc_file.read_pskc(
            facts["file"].read(), key=facts["preshared"], passphrase=facts["passphrase"] or None
        )
        done = stock.add_to_stock(
            reading, department=facts["department"], by=request.agent.key, now=now, without_bad=facts["without_bad"]
        )
    except pskc_file.PskcFileError as unusable:
        form.add_error("file", f"{capfirst(str(unusable))}.")
        return {}
    except stock.BadLinesError as refused:
        return {"bad": refused.reading.bad, "lines": refused.reading.bad, "good": len(refused.reading.seeds)}
    return {"done": done, "lines": done.bad}


def _desk(
    request: AgentRequest, now: datetime, refused: OtpRequest | None = None, form: DecisionForm | None = None
) -> HttpResponse:
    keys, asked = keys_seen_by(request.agent), requests_seen_by(request.agent)
    today = timezone.localdate(now)
    waiting = [one for one in asked.filter(state=Asked.ASKED)[:ROWS] if one.account_id != request.agent.key]
    counts = dict(keys.values_list("state").annotate(Count("pk")))
    to_hand = list(asked.filter(state=Asked.APPROVED, carrier=OtpKey.Carrier.FOB)[:ROWS])
    to_fetch = keys.filter(state=OtpKey.State.ASSIGNED, carrier=OtpKey.Carrier.FOB).order_by("serial")[:ROWS]
    asked_back = keys.filter(state__in=IN_USE, asked_back_at__isnull=False).order_by("asked_back_at")[:ROWS]
    held = [key.account for key in (*to_fetch, *asked_back) if key.account]
    tell_apart(account.person for account in (*held, *(one.account for one in (*to_hand, *waiting))))
    context = {
        "section": "otp",
        "now": now,
        "done": ANSWERS.get(request.GET.get("fait", "")),
        "to_hand": to_hand,
        "to_decide": [
            (one, requests.heads_of(one.account, today=today), form if one == refused else _fresh(one))
            for one in waiting
        ],
        "to_fetch": to_fetch,
        "asked_back": asked_back,
        "counts": [(state.label, counts[state]) for state in OtpKey.State if counts.get(state)],
        "stock": keys.filter(state=OtpKey.State.STOCK).order_by("department", "serial")[:ROWS],
    }
    return render(request, "helpdesk/otp.html", context)


def _fresh(asked: OtpRequest) -> DecisionForm:
    return DecisionForm(auto_id=f"d{asked.pk}_%s")
