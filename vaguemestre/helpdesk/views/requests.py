"""Who waits for a call back."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.lost_password.helpdesk_queue import handle_request
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_to_act_on
from vaguemestre.helpdesk import lost_password_queue
from vaguemestre.helpdesk.account.account_record import account_record
from vaguemestre.helpdesk.decorators import console_only
from vaguemestre.helpdesk.forms import Reason
from vaguemestre.people.namesakes import tell_apart

SHOWN = 100


@require_safe
@console_only
def queue(request: AgentRequest) -> HttpResponse:
    waiting = list(lost_password_queue.waiting_requests(request.agent)[: SHOWN + 1])
    tell_apart(asked.account.person for asked in waiting)
    context = {
        "section": "requests",
        "now": timezone.now(),
        "waiting": waiting[:SHOWN],
        "more": len(waiting) > SHOWN,
        "too_late": "trop-tard" in request.GET,
    }
    return render(request, "helpdesk/requests.html", context)


@require_POST
@console_only
def take(request: AgentRequest, number: int) -> HttpResponse:
    """Then the person's page: what is done there ends the request."""
    asked = lost_password_queue.request_for(request.agent, number)
    account = account_to_act_on(request.agent, asked.account_id)
    if not lost_password_queue.take_request(request.agent, asked, now=timezone.now()):
        return HttpResponseRedirect(f"{reverse('helpdesk:requests')}?trop-tard=1")
    return HttpResponseRedirect(reverse("helpdesk:person", args=[account.key]))


@require_POST
@console_only
def refuse(request: AgentRequest, number: int) -> HttpResponse:
    """Nothing was given: why."""
    asked = lost_password_queue.request_for(request.agent, number)
    account, now = account_to_act_on(request.agent, asked.account_id), timezone.now()
    form = Reason(request.POST)
    if not form.is_valid():
        context = account_record(request, account, now) | {"refusal_form": form}
        return render(request, "helpdesk/person.html", context, status=422)
    note = _("refused: %(reason)s") % {"reason": form.cleaned_data["reason"]}
    handle_request(asked, by=request.agent.key, note=note[:300], now=now)
    return HttpResponseRedirect(reverse("helpdesk:requests"))
