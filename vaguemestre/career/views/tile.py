"""A cell of the portal's home page. The portal asks, so its own session answers: this is no page of I-Prof."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.career import said
from vaguemestre.career.dossier import prospect_for


@require_safe
@signed_in
def next_step(request: StaffRequest) -> HttpResponse:
    """One sentence: the échelon and the latest day of the next one. Two queries beside those of the session."""
    prospect = prospect_for(request.account.person, timezone.localdate())
    following = prospect.next if prospect else None
    return render(request, "career/next-step.html", {"next": said.next_step(following) if following else ""})
