"""Where the letters are. They are printed by the operator, lot by lot, once."""

from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.roles.agent_scope import AgentRequest, office_name
from vaguemestre.helpdesk import rentree_progress
from vaguemestre.helpdesk.decorators import console_only
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.letters.printing import withheld_letters
from vaguemestre.letters.retention import PrintedFile, printed_files
from vaguemestre.people.namesakes import tell_apart

BATCHES = 50
SHOWN = 100
State = Letter.State


@require_safe
@console_only
def letters(request: AgentRequest) -> HttpResponse:
    mine, batches = Letter.objects.all(), Batch.objects.select_related("school")
    if request.agent.departments is not None:
        mine = mine.filter(department__in=request.agent.departments)
        batches = batches.filter(department__in=request.agent.departments)
    waiting = (
        mine.filter(state__in=[State.PREPARED, State.SEALED])
        .values("department")
        .annotate(count=Count("pk"), oldest=Min("prepared_at"))
        .order_by("department")
    )
    now = timezone.now()
    without = list(rentree_progress.without_letter(request.agent, now)[:SHOWN])
    withheld = withheld_letters(request.agent.departments, now=now, most=SHOWN)
    tell_apart(account.person for account in [*without, *(held.letter.account for held in withheld)])
    context = {
        "section": "letters",
        "files": _files(request),
        "now": now,
        "without": without,
        "withheld": withheld,
        "waiting": [{**row, "office": office_name(frozenset({row["department"]}))} for row in waiting],
        "batches": batches.annotate(
            count=Count("letters"), void=Count("letters", filter=Q(letters__state=State.REVOKED))
        ).order_by("-pk")[:BATCHES],
    }
    return render(request, "helpdesk/letters.html", context)


def _files(request: AgentRequest) -> list[PrintedFile]:
    """Those of this agent's departments; what is of no known lot is the administrators'."""
    files = printed_files()
    if request.agent.departments is None:
        return files
    mine = Batch.objects.filter(department__in=request.agent.departments, number__in=[file.batch for file in files])
    numbers = set(mine.values_list("number", flat=True))
    return [file for file in files if file.batch in numbers]
