"""The rentrée in figures, for whoever must chase the last letters."""

import csv
from collections.abc import Iterator

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.roles.agent_scope import Agent, AgentRequest
from vaguemestre.accounts.sessions.decorators import prove_first
from vaguemestre.helpdesk import rentree_progress
from vaguemestre.helpdesk.decorators import console_only
from vaguemestre.web.date_text import full_date


class _Line:
    """csv writes into this, and we send on what it wrote."""

    def write(self, text: str) -> str:
        return text


@require_safe
@console_only
def rentree(request: AgentRequest) -> HttpResponse:
    now = timezone.now()
    rows = rentree_progress.department_rows(request.agent, now)
    whole = rentree_progress.ProgressRow("", "")
    for row in rows:
        for part, count in row.counts.items():
            whole.counts[part] += count
    start = rentree_progress.season_start(timezone.localdate(now))
    context = {
        "section": "rentree",
        "now": now,
        "year": start.year,
        "since": full_date(start).partition(" ")[2],
        "rows": rows,
        "whole": whole,
        "to_do": rentree_progress.find_to_do(request.agent, now),
        "days": [(full_date(day), what) for day, what in rentree_progress.next_days(request.agent, now)],
    }
    return render(request, "helpdesk/rentree.html", context)


@require_safe
@console_only
def schools(request: AgentRequest, department: str) -> HttpResponse:
    served = academy().department(department)
    if served is None or not (request.agent.departments is None or department in request.agent.departments):
        raise Http404
    now = timezone.now()
    rows = rentree_progress.school_rows(request.agent, department, now)
    context = {"section": "rentree", "now": now, "department": served, "rows": rows}
    return render(request, "helpdesk/rentree-schools.html", context)


@require_safe
@console_only
def export(request: AgentRequest) -> HttpResponseBase:
    """Semicolons and a mark of UTF-8, as French spreadsheets read them. A file is no page to come back to."""
    if first := prove_first(request, reverse("helpdesk:rentree")):
        return first
    response = StreamingHttpResponse(_lines(request.agent), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="comptes-a-activer.csv"'
    return response


def _lines(agent: Agent) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";")
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"
    for line in rentree_progress.list_of_those_who_wait(agent, timezone.now()):
        yield writer.writerow([rentree_progress.harmless_cell(cell) for cell in line])
