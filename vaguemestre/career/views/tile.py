"""A cell of the portal's home page. The portal asks, so its own session answers: this is no page of I-Prof."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.career.file import career_text
from vaguemestre.career.file.career_file import prospect_for


@require_safe
@signed_in
def next_step(request: StaffRequest) -> HttpResponse:
    """One sentence: the échelon and the latest day of the next one. Two queries beside those of the session."""
    prospect = prospect_for(request.account.person, timezone.localdate())
    following = prospect.next if prospect else None
    return render(
        request, "career/next-step.html", {"next": career_text.next_step_text(following) if following else ""}
    )
