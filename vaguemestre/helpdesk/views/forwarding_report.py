"""Mail sent on elsewhere, by redirections and by filters: one list."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.roles.agent_scope import AgentRequest
from vaguemestre.helpdesk.account import forwarding_report
from vaguemestre.helpdesk.decorators import console_only
from vaguemestre.people.namesakes import tell_apart


@require_safe
@console_only
def redirections(request: AgentRequest) -> HttpResponse:
    only_outside = request.GET.get("ou") == "dehors"
    found = forwarding_report.list_forwardings(request.agent, only_outside=only_outside)
    tell_apart(line.account.person for line in found.lines)
    context = {
        "section": "redirections", "now": timezone.now(), "found": found, "only_outside": only_outside,
        "more": (found.outside if only_outside else found.total) > len(found.lines),
    }  # fmt: skip
    return render(request, "helpdesk/redirections.html", context)
